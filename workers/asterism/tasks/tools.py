"""Tool use: find the described function, then write its call with the arguments in the order of its
definition.
"""

from __future__ import annotations

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.rows import Draw, Generator, Rows, Settings, filler, next_token, shuffled

# Shapes: R rows, F functions, 2 arguments each.


def tool_call(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`functions` × (`DEF desc name arg1 arg2`), `REQ desc` and two (argument, value) in random order, `CALL
    name arg1 v1 arg2 v2`.
    """
    rng, length, functions = draw.rng, settings["length"], settings["functions"]
    tokens, marks = filler(rows, length)
    descriptions_RF = v.symbols(v.DESCRIPTIONS)[shuffled(rng, rows, len(v.DESCRIPTIONS), functions)]
    names_RF = v.symbols(v.NAMES)[shuffled(rng, rows, len(v.NAMES), functions)]
    arguments_RF2 = v.symbols(v.ARGUMENTS)[shuffled(rng, rows * functions, len(v.ARGUMENTS), 2)].reshape(
        rows, functions, 2
    )
    wanted_R = rng.integers(0, functions, rows)
    everyone = np.arange(rows)
    values_R2 = v.symbols(v.ARGUMENT_VALUES)[rng.integers(0, len(v.ARGUMENT_VALUES), (rows, 2))]
    order_R2 = shuffled(rng, rows, 2)
    for f in range(functions):
        tokens[:, 5 * f] = v.DEFINE
        tokens[:, 5 * f + 1] = descriptions_RF[:, f]
        tokens[:, 5 * f + 2] = names_RF[:, f]
        tokens[:, 5 * f + 3 : 5 * f + 5] = arguments_RF2[:, f]
    arguments_R2 = arguments_RF2[everyone, wanted_R]
    at = 5 * functions
    tokens[:, at] = v.REQUEST
    tokens[:, at + 1] = descriptions_RF[everyone, wanted_R]
    tokens[:, at + 2 : at + 6 : 2] = np.take_along_axis(arguments_R2, order_R2, 1)
    tokens[:, at + 3 : at + 6 : 2] = np.take_along_axis(values_R2, order_R2, 1)
    tokens[:, at + 6] = v.CALL
    tokens[:, at + 7] = names_RF[everyone, wanted_R]
    tokens[:, at + 8 : at + 12 : 2] = arguments_R2
    tokens[:, at + 9 : at + 12 : 2] = values_R2
    marks[:, at + 6 : at + 11] = 1
    return next_token(tokens, marks)


TOOL_CALL = Generator(
    make=tool_call,
    family="tool",
    description="functions defined in context, one asked for by description; its call in schema order",
    source="function calling as a symbol language, after the Berkeley function-calling leaderboard",
)
