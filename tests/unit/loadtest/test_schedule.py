from statistics import mean, pstdev

from loadtest.schedule import poisson_arrivals


def test_the_same_seed_gives_the_same_arrivals_in_order_and_in_time() -> None:
    moments = poisson_arrivals(5, 60, seed=7)
    assert moments == poisson_arrivals(5, 60, seed=7) == sorted(moments)
    assert moments != poisson_arrivals(5, 60, seed=8)
    assert moments[0] > 0 and moments[-1] < 60


def test_gaps_are_exponential_at_the_rate() -> None:
    moments = poisson_arrivals(10, 2000, seed=1)
    gaps = [after - before for before, after in zip(moments, moments[1:], strict=False)]
    assert abs(len(moments) - 20_000) < 500
    # An exponential's deviation equals its mean; a metronome's is nothing.
    assert abs(mean(gaps) - 0.1) < 0.005 and abs(pstdev(gaps) - 0.1) < 0.005
