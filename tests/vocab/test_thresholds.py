"""How near two fingerprints must be."""

from __future__ import annotations

from creditline.vocab.thresholds import ALONE, BITS, CANDIDATE, MINIMUM_QUALITY, THRESHOLDS, VARIANT


def test_thresholds_are_the_measured_ones() -> None:
    """Changing a threshold is a decision that belongs beside a new measurement."""
    assert (VARIANT.distance, ALONE.distance, CANDIDATE.distance) == (31, 58, 80)
    assert (ALONE.false_match_rate, CANDIDATE.false_match_rate) == (1e-9, 1e-6)
    assert MINIMUM_QUALITY == 50


def test_every_threshold_states_its_basis() -> None:
    """They grow, stay under half of the bits, where different pictures lie, and say what their rate rests on."""
    distances = [threshold.distance for threshold in THRESHOLDS]

    assert sorted(distances) == distances
    assert distances[-1] < BITS // 2
    assert all(threshold.basis and 0 < threshold.false_match_rate < 1e-5 for threshold in THRESHOLDS)
