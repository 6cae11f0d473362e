from shared.llm import Breaker


def test_it_opens_after_so_many_failures_in_a_row_and_lets_one_try_in_each_rest():
    breaker = Breaker(failures=3, rest_s=30)
    for now in (0, 1, 2):
        assert breaker.lets(now)
        breaker.failed(now)
    assert breaker.open
    assert [breaker.lets(now) for now in (3, 31, 32, 33, 61, 62, 63)] == [False, False, True, False, False, True, False]


def test_a_success_closes_it_and_starts_the_count_anew():
    breaker = Breaker(failures=2, rest_s=30)
    breaker.failed(0)
    breaker.succeeded()
    breaker.failed(1)
    assert breaker.lets(1)
    breaker.failed(2)
    assert not breaker.lets(3)
    assert breaker.lets(33)
    breaker.succeeded()
    assert breaker.lets(34) and not breaker.open


def test_a_server_that_says_how_long_it_wants_to_be_left_alone_is_left_alone_so_long():
    breaker = Breaker(failures=3, rest_s=30)
    breaker.failed(0, rest_s=90)
    assert [breaker.lets(now) for now in (1, 31, 89, 91)] == [False, False, False, True]
