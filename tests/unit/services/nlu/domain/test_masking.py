import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nlu.domain.masking import FINDERS, finder_of_names, masked, personal_data


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("write to anna.schmidt@mail.example.org please", "write to {{email}} please"),
        ("邮箱是wang@example.com。", "邮箱是{{email}}。"),
        ("see https://shop.example/orders?token=abc, ok", "see {{url}} ok"),
        ("IBAN DE89 3704 0044 0532 0130 00 thanks", "IBAN {{iban}} thanks"),
        ("my card 4111 1111 1111 1111 was charged", "my card {{card}} was charged"),
        ("身份证11010519491231002X可以吗", "身份证{{id_number}}可以吗"),
        ("ssn 078-05-1120", "ssn {{id_number}}"),
        ("where is order W1234567?", "where is order {{order}}?"),
        ("my order number is #A-20931", "my order number is {{order}}"),
        ("订单号：2024031288771 到哪了", "订单号：{{order}} 到哪了"),
        ("call me on +49 (0)30 901820", "call me on {{phone}}"),
        ("call 415-555-0133 or (415) 555-0134", "call {{phone}} or {{phone}}"),
        ("我的手机13812345678", "我的手机{{phone}}"),
        ("手机 138 1234 5678", "手机 {{phone}}"),
        ("tel 030-9018203", "tel {{phone}}"),
        ("tracking 1Z999AA10123456784 stuck", "tracking {{tracking}} stuck"),
        ("number 9988776655443 unknown", "number {{number}} unknown"),
        ("ship to 12 Old Mill Road, apt 4B please", "ship to {{address}} please"),
        ("ich wohne Lindenstraße 12a", "ich wohne {{address}}"),
        ("改到浙江省杭州市西湖区文三路12号3单元501室", "改到{{address}}"),
        ("寄到幸福路88号", "寄到{{address}}"),
        ("this is Mrs. Anna Schmidt", "this is Mrs. {{name}}"),
        ("my name is José Álvarez and I wait", "my name is {{name}} and I wait"),
        ("Hi Thomas, where is it", "Hi {{name}}, where is it"),
        ("Thanks. Best wishes, Anna", "Thanks. Best wishes, {{name}}"),
        ("我叫王小明，想退货", "我叫{{name}}，想退货"),
        ("收件人：李雷", "收件人：{{name}}"),
        ("请转告陈女士", "请转告{{name}}女士"),
        ("invoice for {{Order Number}} please", "invoice for {{Order Number}} please"),
    ],
)
def test_personal_data_is_replaced(text, told):
    assert masked(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "I want to return 2 pairs of boots in size 42",
        "the 299.00 yuan coat, 3 days ago, 2024-03-12 at 14:05",
        "可以便宜50吗？买3件打8折",
        "我要人工客服，高先进的机器",
        "Mr and Mrs sizes?",
        "is order 3 shipped",
        "card 4111 1111 1111 1112",
        "My order is late. Thank you",
        "路上堵车吗",
        "Hi there, where is my parcel",
        "model XR-2000 or T-1000",
        "order online",
        "订单什么时候发货",
    ],
)
def test_what_is_none_stays(text):
    assert masked(text) == text


def test_the_names_of_those_who_write_are_masked_wherever_they_stand_as_words():
    finders = (*FINDERS, finder_of_names({"Anna Lee", "小红花", "jo", "buyer7", "will"}))
    said = "Anna wrote to Lee; 我是小红花的朋友; buyer7 will jo Annapurna"
    assert masked(said, finders) == "{{name}} wrote to {{name}}; 我是{{name}}的朋友; {{name}} will jo Annapurna"


def test_without_names_there_is_no_finder():
    assert finder_of_names({"jo", "..", "m"}) is None


@given(st.text(alphabet="+()- 0123456789WX#@.aA路号王{}", max_size=60))
def test_marks_are_in_order_and_apart_and_masking_again_changes_nothing_more(text):
    marks = personal_data(text)
    places = [place for start, end, _ in marks for place in (start, end)]
    assert places == sorted(places) and all(start < end for start, end, _ in marks)
    once = masked(text)
    assert masked(masked(once)) == masked(once)
