"""Every shape fires on a case of its own, stays silent on its twin, and two engines agree."""
