//! Views of one type, for the sake of the download. Leptos' own erased view also carries the code that hydrates its
//! content asynchronously, which only lazily loaded routes call; there are none here. For each view that code is as
//! large as the one that is called, so what is erased here has none of its own. (The flag `erase_components` saves
//! more, but takes off every attribute and sets it again whenever a view is drawn again: open menus would close.)

use leptos::children::{ChildrenOptContainer, ToChildren};
use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::ssr::StreamBuilder;
use leptos::tachys::view::{Position, PositionState};

/// Gives a view the one type that all views can have.
pub trait Erase {
    /// The same view: like `into_any`, and smaller.
    fn erase(self) -> AnyView;
}

impl<V: RenderHtml> Erase for V {
    fn erase(self) -> AnyView {
        Erased(self).into_any()
    }
}

/// What a component encloses; shown once.
pub struct Content(Box<dyn FnOnce() -> AnyView + Send>);

impl Content {
    /// The view.
    pub fn show(self) -> AnyView {
        (self.0)()
    }
}

impl<F: FnOnce() -> V + Send + 'static, V: RenderHtml> ToChildren<F> for Content {
    fn to_children(view: F) -> Self {
        Self(Box::new(move || view().erase()))
    }
}

impl<V: RenderHtml + 'static> ToChildren<ChildrenOptContainer<V>> for Content {
    fn to_children(view: ChildrenOptContainer<V>) -> Self {
        Self(Box::new(move || view.0.erase()))
    }
}

/// A view whose `hydrate_async` is the trait's own, which calls `hydrate`. All else is the view's.
struct Erased<V>(V);

impl<V: RenderHtml> Render for Erased<V> {
    type State = V::State;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.0.rebuild(state);
    }
}

impl<V: RenderHtml> AddAnyAttr for Erased<V> {
    type Output<A: Attribute> = Erased<V::Output<A>>;

    fn add_any_attr<A: Attribute>(self, attribute: A) -> Self::Output<A>
    where
        Self::Output<A>: RenderHtml,
    {
        Erased(self.0.add_any_attr(attribute))
    }
}

impl<V: RenderHtml> RenderHtml for Erased<V> {
    type AsyncOutput = Erased<V::AsyncOutput>;
    type Owned = Erased<V::Owned>;

    const MIN_LENGTH: usize = V::MIN_LENGTH;
    const EXISTS: bool = V::EXISTS;

    fn dry_resolve(&mut self) {
        self.0.dry_resolve();
    }

    async fn resolve(self) -> Self::AsyncOutput {
        Erased(self.0.resolve().await)
    }

    fn html_len(&self) -> usize {
        self.0.html_len()
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        self.0.to_html_with_buf(html, position, escape, mark_branches, attributes);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        html: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        self.0.to_html_async_with_buf::<OUT_OF_ORDER>(html, position, escape, mark_branches, attributes);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        self.0.hydrate::<FROM_SERVER>(cursor, position)
    }

    fn into_owned(self) -> Self::Owned {
        Erased(self.0.into_owned())
    }
}
