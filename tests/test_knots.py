"""The states that elements can be in, which process knows, each have a drawing, which core makes."""

import pytest
from django.template import Context, Engine

from concorda.foundation.process.stages import State


@pytest.mark.parametrize("state", State)
def test_every_state_of_an_element_has_a_knot(state):
    template = Engine.get_default().from_string("{% knot state %}")
    assert f'data-state="{state}"' in template.render(Context({"state": state}))
