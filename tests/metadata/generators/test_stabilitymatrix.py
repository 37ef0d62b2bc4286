"""Stability Matrix' record."""

import json

from creditline.metadata.generators import stabilitymatrix
from creditline.model.reading import Property

RECORD = {"PositivePrompt": "a sea", "NegativePrompt": "fog", "ModelName": "xl", "Seed": 9, "Steps": 20}
PARAMETERS = Property("png_text", "parameters-json", json.dumps(RECORD))
PROJECT = Property("png_text", "smproj", '{"Version": 3}')


def test_the_record() -> None:
    """The project leads to the parameters beside it."""
    for item in (PARAMETERS, PROJECT):
        result = stabilitymatrix.read(item, (PARAMETERS, PROJECT))

        assert stabilitymatrix.recognises(item)
        assert ("Stability Matrix", ("xl",)) == (result.generator, result.models)
        assert ("a sea", "fog", "9") == (result.prompt, result.negative_prompt, result.seed)
        assert (("Steps", "20"),) == result.settings


def test_a_project_alone_says_so() -> None:
    """It is named and not taken apart."""
    assert stabilitymatrix.read(PROJECT, (PROJECT,)).unresolved
    assert not stabilitymatrix.recognises(Property("png_text", "smproj", "notes"))
