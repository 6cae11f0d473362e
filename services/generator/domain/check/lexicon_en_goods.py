"""More of `lexicon_en`: goods, places, people and all else. A group a line, its phrases parted by slashes."""

GOODS = """
wrap/wrapping/pack/gift-wrapped/packaging
points/bonus/reward/collect points/credit
member/membership/club/subscriber
subscribe/subscription/abo/regular delivery/plan
pause/skip/suspend/take a break/interrupt/put on hold/stop for a while
end/finish/expire/run out/over/terminate/stop
expire/lapse/become invalid/run out/valid until/void
valid/good/usable/can be used/redeem/redeemable/accepted
pay/payment/settle/transfer/charge
card/credit card/debit card/plastic
cash/in notes/banknotes/money
bank transfer/transfer/wire/pay in/bank
invoice/bill/statement/receipt
instalment/in parts/rates/monthly payments/spread
tax/vat/duty/customs
customs/duty/import/clearance
abroad/overseas/foreign/other countries/international/outside the country
country/nation/land/state/where you live
address/where/street/place/location
home/house/flat/apartment/door/doorstep/place
door/doorstep/front door/entrance/kerb
upstairs/floor/storey/level/carry up/up the stairs
lift/elevator
parking/park/car park/parking space
car/vehicle/drive/van
train/rail/railway
bike/bicycle/cycle
plane/flight/fly/air/airline/airplane
luggage/baggage/suitcase/bag/case
carry-on/cabin/hand luggage/on board/hand baggage
ticket/booking/reservation/seat
book/reserve/make an appointment/arrange/booking/reservation
appointment/date/time/slot/booking
change/move/shift/postpone/alter/modify/adjust/amend/correct/edit/update
late/delay/delayed/overdue/behind/take longer/longer
early/in advance/ahead/before/beforehand/sooner
before/prior to/until/ahead of/beforehand/earlier
after/afterwards/once/later/following/then/from then
until/till/up to/by/no later than
within/in/inside/no later than/not more than/during/under
during/while/in the course/over
between/from to/in the range
always/every time/each time/at all times/all the time
never/at no time/not once/not ever
usually/normally/as a rule/in general/typically/mostly/generally
sometimes/now and then/at times/occasionally/may
again/once more/another time/anew/afresh
still/yet/continue/go on/even now
already/before now/by then
stay/remain/keep/continue/last
begin/start/commence/open/kick off/get going
finish/end/complete/be done/wrap up
learn/lesson/class/course/training/instruction
teacher/instructor/trainer/coach/tutor
trial/try/test/try out/sample/taste
level/grade/step/stage
group/class/party/team
rent/hire/lend/borrow/rental/lease/loan
buy out/keep/purchase/own
music/instrument/sound/play
string/strings/chord
book/volume/title/copy/edition
used/second-hand/secondhand/old/pre-owned/antique
condition/state/shape/quality
page/sheet/leaf/paper
print/printed/printing/poster
frame/framed/mount
engrave/engraving/inscription/inscribe/initials/personalise/name on it
letter/character/sign/initial/word
handmade/by hand/hand-made/hand-crafted/crafted
local/nearby/from here/in the neighbourhood/regional/around the corner
fresh/freshly/just made/not frozen/newly
food/eat/meal/feed/diet/fodder
drink/beverage/sip
wine/bottle/alcohol/spirits
coffee/bean/roast/espresso
tea/leaves/infusion
sugar/sweet/sweetened
vegan/vegetarian/plant-based/no animal
meat/beef/pork/lamb
fish/seafood/trout/salmon
bread/loaf/bake/baked
honey/jar/spread
open/opened/opening/unseal/unsealed/broken seal/once open
sealed/unopened/closed/in its packaging/original packaging
use up/eat up/finish/consume/empty/used up
shelf life/best before/keep/use by
glasses/spectacles/lenses/frame
prescription/eye test/sight test/optician
watch/clock/timepiece/wristwatch
strap/band/bracelet/belt
swim/swimming/bathe/pool
dive/diving/underwater/scuba/snorkel
wash hands/washing your hands/hand washing
ring/jewellery/jewelry/necklace/earring
gold/golden/gilded/gold-plated
bed/mattress/sleep/night
cover/case/sheath/slip/jacket/lining
pillow/cushion/headrest
sofa/couch/settee
table/desk/worktop/top
chair/seat/stool/armchair
shelf/bookcase/rack/bookshelf
cupboard/wardrobe/cabinet/closet
lamp/light/bulb/lighting
paint/colour/coat/varnish/lacquer
coat/layer/go/round
room/space/chamber
wall/walls/surface
tent/camp/camping/shelter
sleep/spend the night/overnight/night
shoe/boot/sneaker/trainer/footwear
sole/heel/tread
leather/hide/suede
wool/merino/woollen
cotton/fabric/cloth
hood/cap/hat
pocket/pouch/compartment
zip/zipper/fastener
loose/wide/roomy/generous/large
tight/narrow/snug/small/slim
small/little/tiny/compact/smaller/smallest
big/large/bigger/biggest/huge/larger/largest/great
strong/powerful/sturdy/stronger/robust
weak/gentle/low/mild
loud/noisy/noise/volume
quiet/silent/low noise/no noise
clean/tidy/neat/pure
dirty/soiled/stained/stain/mark
new/brand-new/fresh/unused
same/identical/alike/equal/just like
different/another/other/not the same/vary/differ
similar/alike/like/comparable
compare/difference/against/versus/set apart
better/superior/finer/preferable/prefer
safe/secure/protected/harmless/safely
danger/dangerous/risk/hazard/swallow
protect/guard/shield/keep from/protection
insurance/insured/cover/covered
law/legal/statutory/by law/right
data/information/details/particulars
private/confidential/secret/personal
delete/erase/remove/wipe/clear
save/store/keep/record
find/discover/locate/see/spot/look up
search/look for/seek/find
look/view/check/see/have a look/glance
check/make sure/verify/see whether/look/examine/inspect
ask/enquire/inquire/question
answer/reply/respond/response/get back
agree/accept/consent/okay/approve/take
refuse/reject/decline/turn down/turn away
accept/take/receive/approve/take in
offer/quote/proposal/bid/quotation
estimate/quote/assessment/appraisal
value/worth/cost
limit/cap/restrict/limited/only so many
stock/in stock/available/have it/on the shelf
sold out/out of stock/gone/not available/unavailable
restock/back in stock/new delivery/come back
preorder/order in advance/reserve/pre-order
shop/store/branch/outlet/showroom/here
online/on the website/internet/web/site
website/site/page/web/homepage
app/phone/mobile/smartphone
customer/buyer/client/shopper/you
seller/shop/merchant/retailer/we
family/household/relative/home
friend/someone you know/acquaintance
wheelchair/disabled/accessible/barrier-free
stairs/steps/staircase
""".strip().splitlines()
