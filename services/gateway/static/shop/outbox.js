/** The one-time codes that the demo would have sent by e-mail. */

import { fetchJson, rememberLanguage, rememberedLanguage, text, translate } from "./page.js";

const EVERY_MS = 3_000;
let language = rememberedLanguage();
let letters = [];

function show() {
  const clock = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
  const rows = letters.map(({ to, code, at }) => {
    const row = document.createElement("li");
    const number = document.createElement("code");
    number.textContent = code;
    const whom = document.createElement("span");
    const time = new Date(at);
    whom.textContent = text(language, "outbox.to", { to }) + (Number.isNaN(time.getTime()) ? "" : ` · ${clock.format(time)}`);
    row.append(number, whom);
    return row;
  });
  document.getElementById("letters").replaceChildren(...rows);
  document.getElementById("empty").hidden = rows.length > 0;
}

async function refresh() {
  const found = await fetchJson("/demo/outbox.json");
  const fresh = [...(found ?? letters)].sort((one, other) => String(other.at).localeCompare(String(one.at)));
  if (JSON.stringify(fresh) === JSON.stringify(letters) && found) return;
  letters = fresh;
  show();
}

document.getElementById("language").addEventListener("click", () => {
  language = language === "en" ? "zh" : "en";
  rememberLanguage(language);
  translate(language);
  show();
});
translate(language);
show();
await refresh();
setInterval(refresh, EVERY_MS);
