"""Brushes give masks and colours in range, the same on every run."""

from __future__ import annotations

import numpy as np
import pytest

from creditline.demo import brushes


def test_noise_is_frozen_and_in_range() -> None:
    """The same seed gives the same values, others differ, all lie from 0 to 1."""
    x, y = brushes.coordinates(64, 32)
    first = brushes.noise(x * 5, y * 5, seed=3)

    assert first.shape == (32, 64)
    assert np.array_equal(first, brushes.noise(x * 5, y * 5, seed=3))
    assert not np.array_equal(first, brushes.noise(x * 5, y * 5, seed=4))
    assert 0 <= float(first.min()) < float(first.max()) <= 1
    assert np.random.RandomState(3).random_sample() == pytest.approx(0.5507979025745755)


def test_edges_and_gradients_meet_their_stops() -> None:
    """An edge is 0 and 1 outside its softness; a gradient has its stops' colours there and beyond."""
    distance = np.array([[-1.0, 0.0, 0.5, 1.0, 2.0]], dtype=np.float32)

    assert brushes.edge(distance, 1.0)[0].tolist() == [0, 0, 0.5, 1, 1]
    ramp = brushes.gradient(distance, [(0.0, (0, 0, 0)), (1.0, (255, 255, 255))])
    assert ramp[0, :, 0].tolist() == [0, 0, 0.5, 1, 1]


def test_laying_and_glowing_follow_the_mask() -> None:
    """Paint replaces where the mask is 1 and leaves where it is 0; light only brightens."""
    canvas = np.full((1, 2, 3), 0.5, dtype=np.float32)
    mask = np.array([[0.0, 1.0]], dtype=np.float32)

    assert brushes.lay(canvas, (255, 0, 0), mask)[0].tolist() == [[0.5] * 3, [1.0, 0.0, 0.0]]
    assert brushes.glow(canvas, (255, 0, 0), mask)[0].tolist() == [[0.5] * 3, [1.0, 0.5, 0.5]]


def test_bytes_are_rounded_and_clipped() -> None:
    """Values outside 0–1 end at 0 and 255."""
    canvas = np.array([[[-0.2, 0.5, 1.3]]], dtype=np.float32)

    assert brushes.to_bytes(canvas)[0, 0].tolist() == [0, 128, 255]


def test_firs_stand_on_their_ground() -> None:
    """The outline never lies below the ground and rises somewhere."""
    x, _ = brushes.coordinates(200, 100)
    ground = np.full_like(x, 0.8)

    outline = brushes.firs(x, ground, seed=1, count=5, height=0.3, spread=2.0)

    assert bool((outline <= ground).all())
    assert 0.45 < float(outline.min()) < 0.75
