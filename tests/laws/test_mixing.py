"""What meets in joints leaves them mixed, whatever goes round: against a dense solution, and to the last of a thousand turns."""

import numpy as np
import pytest

from twin.physics import mixing, network


@pytest.mark.parametrize(("nodes", "lines"), [(1, 0), (2, 2), (3, 6), (9, 12), (30, 60), (8, 40)])
def test_shares_are_those_of_a_dense_solution(nodes: int, lines: int) -> None:
    chance = np.random.default_rng(nodes * 100 + lines)
    start, end = (chance.integers(nodes, size=lines).tolist() for _ in range(2))
    its = network.graph(nodes, start, end)
    runs_up = np.array(start) < np.array(end)
    flow = chance.uniform(0.0, 1.0, (4, lines)) * 10.0 ** chance.integers(-6, 3, (4, lines))
    into = chance.uniform(0.0, 1.0, (4, 3, nodes)) * 10.0 ** chance.integers(-6, 3, (4, 3, nodes))
    warmth = into.sum(axis=1, keepdims=True) * chance.uniform(-20.0, 30.0, (4, 1, nodes))
    into = np.concatenate((into, warmth), axis=1)
    found = mixing.mixed(its, np.where(runs_up, flow, 0.0), np.where(runs_up, 0.0, flow), into)
    for w in range(4):
        matrix = np.diag(into[w, :3].sum(axis=0))
        for a, b, q in zip(start, end, flow[w], strict=True):
            matrix[b, b] += q
            matrix[b, a] -= q
        for q in range(4):
            assert found[w, q] == pytest.approx(np.linalg.solve(matrix, into[w, q]), rel=1e-6, abs=1e-9)
        assert found[w, :3].sum(axis=0) == pytest.approx(np.ones(nodes), rel=1e-14)


def test_what_goes_round_a_million_times_is_not_lost() -> None:
    """A trickle of two parts diesel and one part gasoline into a ring that runs a million times as fast."""
    its = network.graph(2, [0, 1], [1, 0])
    into = np.array([[[2e-6, 0.0], [1e-6, 0.0], [3e-5, 0.0]]])
    found = mixing.mixed(its, np.array([[3.0, 0.0]]), np.array([[0.0, 3.0 - 3e-6]]), into)
    assert found[0] == pytest.approx(np.array([[2 / 3] * 2, [1 / 3] * 2, [10.0] * 2]), rel=1e-14)


def test_what_is_of_one_product_is_so_to_the_last_digit_and_what_nothing_reaches_is_of_none() -> None:
    its = network.graph(5, [0, 1, 2, 3], [1, 2, 0, 4])
    up = np.array([[0.3, 0.7, 0.0, 0.1]])
    found = mixing.mixed(
        its, up, np.array([[0.0, 0.0, 0.11, 0.0]]), np.array([[[0.1, 0.0, 1 / 3, 0.0, 0.0], [0.0] * 5, [0.0] * 5]])
    )
    assert found[0].tolist() == [[1.0, 1.0, 1.0, 0.0, 0.0], [0.0] * 5, [0.0] * 5]
