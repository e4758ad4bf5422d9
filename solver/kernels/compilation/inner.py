"""The compiler of kernels that only other kernels call.

The machine code of such a kernel is a part of each caller's. Numba would optimize it twice, by
itself and in the caller, and emit machine code that is never run.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering


class _Library(JITCodeLibrary):
    """Code to be linked into a caller's, as lowered."""

    def _optimize_final_module(self) -> None:
        """Do nothing: the code is optimized as a part of the caller's."""

    def _finalize_final_module(self) -> None:
        """Do not emit machine code."""
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
        key = object()  # callers look it up by this instead of by its machine code
        state["cr"] = state["cr"]._replace(cfunc=key)
        state.targetctx.insert_user_function(key, state["cr"].fndesc, [state.library])
        return True


def hide_from_python(kernel: Any) -> None:
    """Make a kernel callable from kernels, and raise TypeError on calls from Python."""

    def add_overload(compiled: Any) -> None:
        kernel.overloads[tuple(compiled.signature.args)] = compiled

    def refuse(*_arguments: Any, **_names: Any) -> None:
        name = f"{kernel.__module__}.{kernel.__name__}"
        raise TypeError(f"Expected a call of {name} from a kernel: it is an inner one.")

    kernel.add_overload, kernel._compile_for_args = add_overload, refuse


class InnerCompiler(CompilerBase):
    """Numba's compiler with `_Lowering`."""

    def define_pipelines(self) -> list[Any]:
        """Return Numba's passes, with the lowering replaced."""
        pipeline: Any = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.passes = [
            (_Lowering, about) if each is NativeLowering else (each, about)
            for each, about in pipeline.passes
        ]
        pipeline.finalize()
        return [pipeline]
