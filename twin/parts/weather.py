"""The day: wind, air, rain, sky. Set by the scenario and the instructor, the same all over the farm."""

from dataclasses import dataclass

from twin.base.arrays import Floats, array
from twin.language.spec import Weather
from twin.parts.part import THIS, Part, settable


@dataclass(frozen=True, slots=True)
class Day:
    """How the day begins."""

    names: tuple[str, ...]  # one thing, called weather
    wind_m_s: tuple[float, ...]
    comes_from_deg: tuple[float, ...]
    air_k: tuple[float, ...]
    humidity: tuple[float, ...]
    rain_m_s: tuple[float, ...]
    cloud: tuple[float, ...]
    sun_w_m2: tuple[float, ...]


@dataclass(slots=True)
class Controls:
    """(W, 1) each."""

    wind_m_s: Floats = array(
        start="wind_m_s",
        path=settable(
            "wind.speed", "speed", "wind speed at 10 m", reads=THIS, least=0, most=100, offer="to", value="12 m/s"
        ),
    )
    comes_from_deg: Floats = array(
        start="comes_from_deg",
        path=settable(
            "wind.from",
            "angle",
            "where the wind comes from",
            reads=THIS,
            least=0,
            most=360,
            offer="to",
            value="270 deg",
        ),
    )
    air_k: Floats = array(
        start="air_k", path=settable("air", "temperature", "air temperature", reads=THIS, least=200, most=340)
    )
    humidity: Floats = array(
        start="humidity", path=settable("humidity", "fraction", "relative", reads=THIS, least=0, most=1)
    )
    rain_m_s: Floats = array(start="rain_m_s", path=settable("rain", "speed", "rain rate", reads=THIS, least=0, most=1))
    sun_w_m2: Floats = array(
        start="sun_w_m2",
        path=settable("sun", "heat flux", "what shines on level ground", reads=THIS, least=0, most=1500, offer="to", value="0.8 kW/m2"),
    )  # fmt: skip
    cloud: Floats = array(start="cloud", path=settable("cloud", "fraction", "sky covered", reads=THIS, least=0, most=1))


def build(its: Weather) -> Day:
    """The day of a scenario."""
    return Day(("weather",), (its.wind["speed"],), (its.wind["from"],), (its.air_k,), (its.humidity,), (its.rain_m_s,),
               (its.cloud,), (its.sun_w_m2,))  # fmt: skip


PART = Part("weather", "weather", controls=Controls)
