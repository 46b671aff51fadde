//! Cuts out functions that the program carries and can never call.
//!
//! A view whose type Leptos has erased keeps a table of everything that could be done with it. The linker must keep all of
//! it, although the browser entry point uses one way to take over a page and not the others.

use walrus::{FunctionKind, Module};

/// What `hydrate_lazy` calls; we call `hydrate_body`.
const NEVER_CALLED: &str = "13hydrate_async";
/// A future inside, as symbol names have it.
const FUTURE: &str = "28_$u7b$$u7b$closure$u7d$$u7d$";

/// Is it that function or a future of it? A named function inside may be shared: of several with the same code the compiler
/// keeps one, under any of their names.
fn is_never_called(symbol: &str) -> bool {
    let Some((_, mut rest)) = symbol.split_once(NEVER_CALLED) else { return false };
    while let Some(inside) = rest.strip_prefix(FUTURE) {
        rest = inside;
    }
    rest.starts_with("17h")
}

/// Replaces their bodies by a trap; says how many there were. The optimiser then merges them and drops what only they called.
pub fn snip(module: &mut Module) -> usize {
    let mut count = 0;
    for function in module.funcs.iter_mut() {
        let name = function.name.as_deref().unwrap_or_default();
        if let FunctionKind::Local(local) = &mut function.kind
            && is_never_called(name)
        {
            let mut body = local.builder_mut().func_body();
            body.instrs_mut().clear();
            body.unreachable();
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::FunctionBuilder;

    #[test]
    fn what_is_never_called_becomes_a_trap() {
        let mut module = Module::default();
        for (name, value) in [("_ZN6tachys13hydrate_async17h0E", 1), ("_ZN6tachys7hydrate17h0E", 2)] {
            let mut builder = FunctionBuilder::new(&mut module.types, &[], &[walrus::ValType::I32]);
            builder.name(name.to_owned()).func_body().i32_const(value);
            builder.finish(Vec::new(), &mut module.funcs);
        }
        assert_eq!(snip(&mut module), 1);
        let bodies: Vec<_> =
            module.funcs.iter_local().map(|(_, function)| format!("{:?}", function.block(function.entry_block()).instrs)).collect();
        assert!(bodies[0].contains("Unreachable") && !bodies[0].contains("Const"), "{bodies:?}");
        assert!(bodies[1].contains("Const"), "{bodies:?}");
    }

    #[test]
    fn what_may_be_shared_stays() {
        let view = "_ZN6tachys13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$";
        assert!(is_never_called(&format!("{view}17hd81fa09ad943d8e2E")));
        assert!(!is_never_called(&format!("{view}7inner_117hd81fa09ad943d8e2E")));
        assert!(!is_never_called("_ZN6tachys7hydrate17hd81fa09ad943d8e2E"));
    }
}
