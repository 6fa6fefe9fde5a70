"""The same bits on every machine: digests of three stories at every CPU level and under a loud C library, and stored
hashes of every exact function."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import bit_inputs
import bit_story
import mpmath
import numpy as np
import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from twin.base import chance
from twin.base.arrays import Floats

# recorded once the values had been compared with mpmath, as test_the_recorded_values_are_right does for a part of them
STORED = {
    "exp": "05b289cce4add3411d69050e9479f5957f6556bdd57d197baf53b75b20b7ede0",
    "log": "d05bd08c6f177ba1417b375b9550c0dd1603a24aa50603bdfeae50ef54ce17ba",
    "log10": "e1f561f654e90fe38470065bc6ec206fd34651e9ef3b1ce75c409b7a9b85628d",
    "power": "5da03ef035c0682fb2e2f4b864974ce273468c29e986b3b218fbfb6b267f2330",
    "inverse_normal": "0852d899136e8f69c40dd5eda1b48d647cc9a07df20c900b8d0f863159a7c10e",
    "mix": "eac830543089e38ff13751db2976c33ac4842e390cba25c1e7ab6a1f79bc56b6",
    "name_key": "82df21502f146d3c5cb426dbaeec38e78d164a212cad21913bae81f7067d9399",
    "key": "0f057cbc7deb5f446d8376c1c399360ca368eb8f055bcacc484dde1f4c7e27fa",
    "keys": "0f057cbc7deb5f446d8376c1c399360ca368eb8f055bcacc484dde1f4c7e27fa",
    "uniform": "4442a3fff90ff98f82964f4d19a57e4eadcd81c43e10e29e9c4c678ff85a32cf",
    "normal": "68d2333d36e302035b91d22e1456a678d35bd0c149f8514d50d2fd364f2a4ed8",
    "lognormal": "08bc11dbfd7d823b0d3eac226a1c4fa2df504b599ebb1a5bd958eebdeceeeecd",
    "noise": "fdc261b1009e5ef5039d926ab8d3f8bd228b9d51de22eeb7a65adf594df48dee",
}
ULPS = {"exp": 1.0, "log": 1.0, "log10": 3.0, "power": 16.0, "inverse_normal": 6.0}
TRUE: dict[str, Callable[..., Any]] = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "log10": mpmath.log10,
    "power": mpmath.power,
    "inverse_normal": lambda p: mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1),
}

# what NumPy has further code paths for and this CPU can do, lowest first; empty: only the baseline can be run here
ON_X86 = platform.machine() in {"x86_64", "AMD64"}
FEATURES = tuple(name for name in __cpu_dispatch__ if ON_X86 and __cpu_features__.get(name))
HERE = "all the way down" if FEATURES else "the baseline alone: no x86-64 or nothing above it"


@cache
def _told(disabled: tuple[str, ...], preloaded: str = "") -> dict[str, Any]:
    """What the stories say, with every forbidden function planted, in a process without these CPU features."""
    env = {k: v for k, v in os.environ.items() if k not in {"NPY_DISABLE_CPU_FEATURES", "LD_PRELOAD"}}
    if disabled:
        env["NPY_DISABLE_CPU_FEATURES"] = " ".join(disabled)
    if preloaded:
        env["LD_PRELOAD"] = preloaded
    command = [sys.executable, "-W", "error", bit_story.__file__, *bit_story.FORBIDDEN]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert not set(disabled) & set(said["features"])  # NumPy ignores a name that it does not know
    assert set(FEATURES) - set(disabled) <= set(said["features"])
    return said


def _caught(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """The planted functions whose digests differ between two processes."""
    return {name for name in bit_story.FORBIDDEN if one["planted"][name] != other["planted"][name]}


@pytest.mark.parametrize("disabled", [FEATURES], ids=[HERE])
def test_a_story_is_the_same_at_the_lowest_cpu_level(disabled: tuple[str, ...]) -> None:
    highest, lowest = _told(()), _told(disabled)
    assert lowest["digests"] == highest["digests"]
    assert lowest["hashes"] == STORED
    assert len(set(lowest["digests"])) == len(lowest["digests"]) == 3 * 2 * len(bit_story.WORLDS)
    assert {"alarm", "inject", "overflow", "power", "trip", "order", "transfer"} <= set(lowest["kinds"])
    assert {"pump", "pump-dry", "pump-low", "pressure-relief", "contaminated"} <= set(lowest["kinds"])
    caught = _caught(highest, lowest)  # the control: NumPy has code of its own for these
    assert "math.exp" not in caught
    if {"X86_V3", "AVX2"} & set(disabled):
        assert {"tanh", "single exp"} <= caught
    if {"X86_V4", "AVX512_SKX"} & set(disabled):
        assert {"exp", "log", "cbrt"} <= caught


@pytest.mark.long
def test_a_story_is_the_same_at_every_cpu_level() -> None:
    digests = _told(())["digests"]
    for kept in range(len(FEATURES)):
        said = _told(FEATURES[kept:])
        assert said["digests"] == digests, f"without {FEATURES[kept:]}"
        assert said["hashes"] == STORED, f"without {FEATURES[kept:]}"


@pytest.mark.machine
def test_a_story_is_the_same_under_a_loud_libm(tmp_path: Path) -> None:
    loud = tmp_path / "loud_libm.so"
    source = Path(__file__).with_name("loud_libm.c")
    subprocess.run(["gcc", "-O1", "-fno-builtin", "-fPIC", "-shared", "-o", loud, source, "-ldl"], check=True)
    quiet, said = _told(FEATURES), _told(FEATURES, str(loud))
    assert said["e"] == pytest.approx(1.001 * quiet["e"], rel=1e-12)
    assert said["digests"] == quiet["digests"]
    assert said["hashes"] == STORED
    assert _caught(quiet, said) == set(bit_story.FORBIDDEN)  # the control: none passes unheard


def test_every_exact_function_gives_the_stored_bits() -> None:
    assert bit_inputs.hashes() == STORED


@pytest.mark.parametrize("name", bit_inputs.ELEMENTARY)
def test_one_last_bit_changes_the_hash(name: str) -> None:
    function, given = bit_inputs.ELEMENTARY[name]
    values = function(*given)
    values[-1] = np.nextafter(values[-1], np.inf)
    assert bit_inputs.of_floats(values) != STORED[name]


@pytest.mark.parametrize("name", bit_inputs.ELEMENTARY)
def test_the_recorded_values_are_right(name: str) -> None:
    function, given = bit_inputs.ELEMENTARY[name]
    part = [np.concatenate((values[:5], values[5::32])) for values in given]
    with mpmath.workdps(40):
        for found, *at in zip(function(*part).tolist(), *(values.tolist() for values in part), strict=True):
            true = TRUE[name](*(mpmath.mpf(x) for x in at))
            assert abs(found - true) <= ULPS[name] * float(np.spacing(abs(float(true)))), at


def test_the_hash_is_splitmix64() -> None:
    # first outputs for seed 1234567 of the reference program (Vigna 2015, splitmix64.c)
    found = [chance.mix(1234567 + i * 0x9E3779B97F4A7C15) for i in (1, 2, 3)]
    assert found == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def _other_layouts(values: Floats, n: int) -> list[tuple[slice, Floats]]:
    """Parts of an array as they may come along: offset, with strides, off the byte, as rows, as columns."""
    views = [(slice(offset, offset + n), values[offset : offset + n]) for offset in (0, 1, 2, 3, 5, 8)]
    for stride in (2, 3, 8):
        wide = np.full(n * stride, 0.25)
        wide[::stride] = values[:n]
        views.append((slice(0, n), wide[::stride]))
    raw = np.zeros(8 * n + 1, dtype=np.uint8)
    off_the_byte = raw[1:].view(np.float64)
    off_the_byte[:] = values[:n]
    views.append((slice(0, n), off_the_byte))
    even = n // 2 * 2
    views.append((slice(0, even), values[:even].reshape(2, even // 2)))
    views.append((slice(0, even), values[:even].reshape(2, even // 2).copy(order="F")))
    return views


def _depends_on_layout(function: Callable[..., Floats], given: tuple[Floats, ...]) -> bool:
    """Whether any part of the inputs, laid out otherwise or taken alone, gives other bits than the whole does."""
    whole = function(*given)
    for n in range(1, 101):
        for parts in zip(*(_other_layouts(values, n) for values in given), strict=True):
            found = function(*(view for _, view in parts))
            if found.tobytes() != whole[parts[0][0]].tobytes():
                return True
    alone = [function(*(np.float64(values[i]) for values in given)) for i in range(200)]
    return np.array(alone).tobytes() != whole[:200].tobytes()


@pytest.mark.parametrize("name", bit_inputs.ELEMENTARY)
def test_layout_and_length_change_no_bit(name: str) -> None:
    assert not _depends_on_layout(*bit_inputs.ELEMENTARY[name])


def test_a_function_with_another_tail_is_caught() -> None:
    exp, given = bit_inputs.ELEMENTARY["exp"]

    def by_eights(x: Floats) -> Floats:
        """Like a vector loop whose last few values go through other code."""
        values = exp(x).reshape(-1)
        rest = len(values) // 8 * 8
        values[rest:] = np.nextafter(values[rest:], np.inf)
        return values.reshape(np.shape(x))

    assert _depends_on_layout(by_eights, given)


def test_arguments_come_back_untouched() -> None:
    for function, given in bit_inputs.ELEMENTARY.values():
        before = [values.tobytes() for values in given]
        function(*given)
        assert [values.tobytes() for values in given] == before


@pytest.mark.parametrize("n", [*range(1, 10), 31, 64, 100])
def test_a_key_and_its_noise_are_the_same_alone_and_among_others(n: int) -> None:
    names = [f"LT-{i}.noise" for i in range(n)]
    many = chance.keys(5, bit_inputs.WORLDS, names)
    assert many.tolist() == [[chance.key(5, world, name) for name in names] for world in bit_inputs.WORLDS]
    noise = chance.noise(many, 600)
    assert noise[:, ::2].tobytes() == chance.noise(many[:, ::2], 600).tobytes()
    assert noise[1:].tobytes() == chance.noise(many[1:], 600).tobytes()
    assert noise.T.tobytes() == chance.noise(many.T, 600).tobytes()
    alone = [chance.noise(many[w : w + 1, i], 600) for w in range(len(many)) for i in range(n)]
    assert noise.tobytes() == b"".join(values.tobytes() for values in alone)
    assert noise.tobytes() != chance.noise(many, 601).tobytes()
