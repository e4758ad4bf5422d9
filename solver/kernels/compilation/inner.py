"""The compiler of kernels that other kernels alone call.

Such a kernel is made machine code as a part of each that calls it. Numba would optimize it twice,
by itself and there, and write machine code of it that nobody runs.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering


class _Library(JITCodeLibrary):
    """Code to be linked into that of others, as it was lowered."""

    def _optimize_final_module(self) -> None:
        """Do nothing: it is optimized where it is linked in."""

    def _finalize_final_module(self) -> None:
        """Do not write machine code."""
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(NativeLowering):
    """Lower a kernel into a library without machine code."""

    _name = "inner_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = _Library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        key = object()  # by which callers find it, as others are found by their machine code
        state["cr"] = state["cr"]._replace(cfunc=key)
        state.targetctx.insert_user_function(key, state["cr"].fndesc, [state.library])
        return True


def hide_from_python(kernel: Any) -> None:
    """Let kernels find a kernel, and Python be refused in a sentence."""

    def add_overload(compiled: Any) -> None:
        kernel.overloads[tuple(compiled.signature.args)] = compiled

    def refuse(*_arguments: Any, **_names: Any) -> None:
        name = f"{kernel.__module__}.{kernel.__name__}"
        raise TypeError(f"Expected a call of {name} from a kernel: it is an inner one.")

    kernel.add_overload, kernel._compile_for_args = add_overload, refuse


class InnerCompiler(CompilerBase):
    """Numba's compiler with that lowering."""

    def define_pipelines(self) -> list[Any]:
        """Return the passes, as Numba has them but for one."""
        pipeline: Any = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.passes = [
            (_Lowering, about) if each is NativeLowering else (each, about)
            for each, about in pipeline.passes
        ]
        pipeline.finalize()
        return [pipeline]
