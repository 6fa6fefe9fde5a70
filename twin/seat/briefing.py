"""What everybody is told before a drill: the scenario's briefing, and what `works` lists as not acting."""

from twin.engine.start import in_force
from twin.language.spec import ScenarioSpec
from twin.text.say import plain, say, told


def briefing(spec: ScenarioSpec) -> str:
    """The briefing in the language of this terminal, with what is bypassed or out of service, and why."""
    listed = tuple(say("briefing.one", name=str(w.of), because=w.because) for w in in_force(spec))
    if not listed:
        return spec.briefing
    return told(say("briefing.with", text=plain(spec.briefing), listed=listed))
