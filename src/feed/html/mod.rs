//! Text and HTML inside items: plain text out of markup, markup made safe, and the guess which of
//! the two a feed has put into a field that does not say.

mod captions;
mod depth;
mod plain;
mod sanitise;
mod twice;

pub(crate) use plain::{looks_like_html, one_line, plain_text, tidy, uncaptioned_text};
pub(crate) use sanitise::{Sanitiser, escaped};
pub(crate) use twice::unescaped_again;
