//! Whether a known item that a key leads to is the one of the document. Four things are asked:
//!
//! - **What it says.** What says what another known item says is that one, whoever else has a key of it.
//! - **Its own id.** One that was never seen, where the feed's ids tell items apart, beside a time of its own: it is an item
//!   of its own unless its words are those of an edit. Where other ids of the document hold, ids are believed without a time too.
//! - **Its own time.** Another than the known item's. What has the second of a known item is that, however it is rewritten;
//!   an equal time that many items share (a day, a quarter of an hour, the document's own) says nothing, as if there were none.
//! - **Whose address it is.** At that of a report, what comes is an edit until lead and headline are of another thing; at
//!   that of a page, or at none, one notice follows the other, and any telling word parts them.

use chrono::TimeDelta;

use super::keys::{KeyKind, has_rule_for_id, is_stamp};
use super::matching::Ladder;
use super::places::names_other_place;
use super::signs::{
    AGAIN_HOURS, DIFFERENT_TITLES, REPEAT_HOURS, SAME_TITLES, differ_in_words, has_moved,
    has_time_of, is_at_page, is_at_part, is_under_other_name, lead_likeness, names_one_report,
    says_more, says_other_words, shares_address, stands_behind, tells_other_lead,
    tells_other_thing,
};
use super::similar::likeness;
use super::{IdentityInput, KnownItem};

/// An id that comes back after this long with another title is another item.
const REUSE_DAYS: i64 = 300;
/// Takes of one series follow each other within days; a later one is another running story.
const SERIES_DAYS: i64 = 3;
/// Time zones begin at quarters of an hour.
const ROUND_SECS: i64 = 900;

impl Ladder<'_> {
    /// Whether a known item may be this one, beyond having the key. Of a tombstone the words are gone.
    pub(super) fn agrees(&self, kind: KeyKind, index: usize, known: &KnownItem) -> bool {
        match kind {
            KeyKind::Guid => !self.contradicts(index, known),
            KeyKind::HostRule | KeyKind::Link | KeyKind::LinkNumber => {
                !self.is_other_there(kind, index, known)
            }
            KeyKind::Series => {
                let input = self.inputs[index];
                !known.is_tombstone
                    && self.gap(input, known) <= TimeDelta::days(SERIES_DAYS)
                    && !self.is_other_of_series(input, known)
            }
            KeyKind::DatedText | KeyKind::Text => self.agrees_by_text(kind, index, known),
        }
    }

    /// True if a known item that the guid leads to cannot be this one.
    pub(super) fn contradicts(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        if known.is_tombstone || self.is_of_moment(input, known) {
            return false;
        }
        if self.is_reuse(input, known) {
            return true;
        }
        if !self.is_alone_at_report(index, known) && self.is_another(index, known) {
            return true;
        }
        let have_links = input.link.is_some() && known.link.is_some();
        match have_links && shares_address(input, known) {
            true if !is_at_page(input) => false,
            // Links that are others at every visit are no other addresses.
            false if have_links && !self.links_churn => self.is_other_elsewhere(input, known),
            _ => self.tells_other_thing(input, known),
        }
    }

    /// True if an item stands alone at the address of a report, and that is the known item's: its id and its address say the
    /// same, though a twin of it was edited before.
    fn is_alone_at_report(&self, index: usize, known: &KnownItem) -> bool {
        let at_link = self.find(index, KeyKind::Link);
        at_link.is_some_and(|at_link| at_link.id == known.id)
            && self.is_usable(index, KeyKind::Link)
            && !is_at_page(self.inputs[index])
    }

    /// True if an item under a known id at another address is another one: by its headline, unless the lead stayed, or by a
    /// lead of another thing, unless the headline was told on. Without leads, at the address of another report, a moment of
    /// its own and another headline are enough: the id may be that of a place on a page (`top`).
    fn is_other_elsewhere(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        let alike = lead_likeness(input, known);
        let least = match alike.is_none() && self.is_next_report(input, known) {
            true => SAME_TITLES,
            false => DIFFERENT_TITLES,
        };
        let has_other_lead = alike.is_none_or(|alike| alike < SAME_TITLES);
        (likeness(&input.title, &known.title) < least && has_other_lead)
            || (tells_other_lead(input, known) && !self.is_told_on(input, known))
    }

    /// True if of two headlines one says what the other does and more, and no time parts them: the lead of a great report is
    /// written anew, and its address follows. At another time it may be the next of a kind (`severe wind warning`).
    fn is_told_on(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        !self.has_other_time(input, known) && says_more(&input.title, &known.title)
    }

    /// True if an item and a known one stand at addresses of reports, and the item at a moment of its own.
    fn is_next_report(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        let was_report = known.link.as_deref().is_some_and(names_one_report);
        was_report && !is_at_page(input) && self.has_other_moment(input, known)
    }

    /// True if what an item says is what another known item says, and not this one: in the same words at the same time, at the
    /// address of that one in its words or at its time, or in words that hardly another item has.
    pub(super) fn is_another(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        let has_other_time = self.has_other_time(input, known);
        let says_other = says_other_words(input, known);
        if !has_other_time && !says_other {
            return false;
        }
        let other = |kind| {
            let told = self.find(index, kind);
            told.filter(|told| told.id != known.id)
        };
        let at_link = other(KeyKind::Link).filter(|_| self.is_usable(index, KeyKind::Link));
        let is_of_time = |told| match is_at_page(input) {
            true => self.is_of_moment(input, told),
            false => has_time_of(input, told),
        };
        let is_told_at_link = at_link.is_some_and(|told| {
            (has_other_time && is_of_time(told))
                || (says_other && !told.is_tombstone && !says_other_words(input, told))
        });
        let are_own_words = || {
            let is_vouched_for = self.find(index, KeyKind::Link).is_some();
            likeness(&input.title, &known.title) < DIFFERENT_TITLES
                || (!self.tells_time(input) && !is_vouched_for && self.is_telling(index))
        };
        // The words of a kind are told again at each moment.
        let of_text = other(KeyKind::Text).filter(|told| !self.has_other_moment(input, told));
        other(KeyKind::DatedText).is_some()
            || is_told_at_link
            || (of_text.is_some() && are_own_words())
    }

    /// True if an item at a known address, or beside a known number in it, is another one.
    fn is_other_there(&self, kind: KeyKind, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        let is_notice = kind == KeyKind::Link && is_at_page(input);
        if known.is_tombstone {
            // Its words are gone: what has other times is told again at the same page.
            return kind == KeyKind::LinkNumber || (is_notice && self.has_own_name(index, known));
        }
        if self.is_reuse(input, known) || self.is_another(index, known) {
            return true;
        }
        match kind {
            KeyKind::LinkNumber => {
                likeness(&input.title, &known.title) < DIFFERENT_TITLES
                    || self.is_in_section(index, known)
                    || self.is_other_part(index, known)
            }
            KeyKind::HostRule => {
                self.is_other_part(index, known)
                    || (!has_rule_for_id(input) && self.is_other_report(index, known))
            }
            _ if is_notice => self.is_other_notice(index, known),
            _ => self.is_other_report(index, known),
        }
    }

    /// True if an item with a name of its own at the address of a report tells another thing: an entry of a live page.
    fn is_other_report(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        self.has_own_name(index, known)
            && (self.tells_other_thing(input, known) || tells_other_lead(input, known))
    }

    /// True if an item at the address of a page tells another thing, or has a name of its own beside words that are no edit's,
    /// or long after: some outlets put one report after the other there.
    fn is_other_notice(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        self.tells_other_thing(input, known)
            || (self.has_own_name(index, known) && self.has_own_words(input, known))
            || self.is_of_other_place(input, known)
            || self.is_given_again(index, known)
    }

    /// True if an item has a moment of its own and names another place or person, whatever its id: one that has none, or
    /// that of the page, names nothing. Other numbers alone may be those of a page that counts.
    fn is_of_other_place(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        self.has_other_moment(input, known) && names_other_place(input, known)
    }

    /// True if an item with a name of its own has words that are no edit's. Beside a moment of its own, where ids hold,
    /// any word in the place of another is of the next notice: a name may have no capital (`the northern bank`).
    fn has_own_words(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        let is_sure = self.ids_hold && self.has_other_moment(input, known);
        says_other_words(input, known) || (is_sure && differ_in_words(input, known))
    }

    /// True if an item with a name of its own comes so long after a known one that it is another, though it says the same.
    /// Sooner, an id and a time may be made up anew.
    fn is_given_again(&self, index: usize, known: &KnownItem) -> bool {
        let hours = match self.ids_hold {
            true => AGAIN_HOURS,
            false => REPEAT_HOURS,
        };
        self.has_own_name(index, known)
            && self.gap(self.inputs[index], known) > TimeDelta::hours(hours)
    }

    /// True if an item at a part of a known item's page has an id, a time and words of its own: an entry of a live blog.
    fn is_other_part(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        let has_own_id = || {
            let found = self.find(index, KeyKind::Guid);
            self.is_usable(index, KeyKind::Guid) && found.is_none_or(|found| found.id != known.id)
        };
        is_at_part(input, known)
            && self.is_timed_apart(input, known)
            && has_own_id()
            && says_other_words(input, known)
    }

    /// True if the number in a link is that of a section, in which another item stands now: its words are others, and its
    /// time. A number behind a link, or in an id that follows the link, may be the item's own and stay while all else is
    /// edited; then the leads have to be of different things.
    fn is_in_section(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        let has_known_id =
            self.is_usable(index, KeyKind::Guid) && self.find(index, KeyKind::Guid).is_some();
        if has_known_id || self.is_of_moment(input, known) {
            return false;
        }
        match self.has_number_of_section(index) {
            true => says_other_words(input, known),
            false => tells_other_lead(input, known) || self.is_of_same_minute(index, known),
        }
    }

    /// True if the number in a link is a time, and an item beside it has a name and a headline of its own.
    fn is_of_same_minute(&self, index: usize, known: &KnownItem) -> bool {
        self.number_in_link(index).is_some_and(is_stamp)
            && self.has_own_name(index, known)
            && likeness(&self.inputs[index].title, &known.title) < SAME_TITLES
    }

    fn number_in_link(&self, index: usize) -> Option<&str> {
        let key = self.key(index, KeyKind::LinkNumber)?;
        key.value.split(' ').next_back()
    }

    fn has_number_of_section(&self, index: usize) -> bool {
        let input = self.inputs[index];
        self.number_in_link(index).is_some_and(|number| {
            let has_id = self.is_usable(index, KeyKind::Guid);
            let id = input.guid.as_ref();
            let is_in_id = id.is_some_and(|id| id.contains(number));
            (has_id && !is_in_id) || !stands_behind(input, number)
        })
    }

    /// True if the key of a series has come for another thing. One that names a topic (`Germany/politics/`) says nothing by
    /// itself: of what is told under it, headlines share the tags, and leads have to share more.
    fn is_other_of_series(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        let key = input.series_key.as_deref();
        let names_topic = key.is_some_and(|key| key.contains('/'));
        self.tells_other_thing(input, known) || (names_topic && tells_other_lead(input, known))
    }

    /// True if an item in the words of a known one is that: at its time or near it, and few words only where no id or
    /// link says more. What has an id, a link and a time of its own is told again, in the words of its kind, and so is what is
    /// given again, or told of another.
    fn agrees_by_text(&self, kind: KeyKind, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        let is_told_anew =
            self.has_own_id(index) && has_own_time(input, known) && self.has_own_link(index);
        if is_told_anew
            || self.is_given_again(index, known)
            || self.is_told_of_another(index, known)
        {
            return false;
        }
        let is_of_moment = kind == KeyKind::DatedText && self.tells_moment(input);
        let is_near = self.times_are_equal
            || (input.published_at.is_none() && !self.is_at_new_link(index))
            || self.is_repetition(index, known);
        is_near && (is_of_moment || self.is_telling(index) || !self.has_better_of_its_own(index))
    }

    /// True if an item has a link that was never seen. Such a one comes with the document, which is read whenever one does:
    /// what stands there without a time was listed of late, or is the next in its words.
    fn is_at_new_link(&self, index: usize) -> bool {
        self.key(index, KeyKind::Link).is_some() && self.find(index, KeyKind::Link).is_none()
    }

    /// True if an item in the words of a known one comes so soon after it that it may be told again: sooner in a few words
    /// without a time, under another name in its link, and whenever it comes where the link says that it is the same.
    pub(super) fn is_repetition(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        if input.published_at.is_none() && self.has_link_of(index, known) {
            return true;
        }
        let may_be_next = input.published_at.is_none()
            && !self.is_telling(index)
            && is_under_other_name(input, known);
        let hours = if may_be_next {
            AGAIN_HOURS
        } else {
            REPEAT_HOURS
        };
        self.gap(input, known) <= TimeDelta::hours(hours)
    }

    /// True if another link of an item shows that it is a known one: but for a session in its query or, in as many words as
    /// hardly another item has, for the section that it went to.
    fn has_link_of(&self, index: usize, known: &KnownItem) -> bool {
        self.is_in_other_session(index, known)
            || (self.is_telling(index) && has_moved(self.inputs[index], known))
    }

    /// True if an item has the words of a known one at a moment of its own, and the id or the link of another: the alert of
    /// one region is that of the next in the same words.
    fn is_told_of_another(&self, index: usize, known: &KnownItem) -> bool {
        let leads_to_another = |kind| {
            let found = self.find(index, kind).filter(|found| found.id != known.id);
            found.is_some() && self.is_usable(index, kind)
        };
        self.has_other_moment(self.inputs[index], known)
            && (leads_to_another(KeyKind::Guid)
                || (!self.links_churn && leads_to_another(KeyKind::Link)))
    }

    /// True if an item has an id of its own, and no time that says it is a known one.
    fn has_own_name(&self, index: usize, known: &KnownItem) -> bool {
        self.is_timed_apart(self.inputs[index], known) && self.has_own_id(index)
    }

    /// True if an item has another time than a known one or, where ids hold and name what has no time, none that says
    /// anything.
    fn is_timed_apart(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        has_own_time(input, known) || (self.ids_hold && !self.is_of_moment(input, known))
    }

    /// True if an item has an id that was never seen, in a feed whose ids tell items apart.
    fn has_own_id(&self, index: usize) -> bool {
        self.is_usable(index, KeyKind::Guid) && self.find(index, KeyKind::Guid).is_none()
    }

    /// True if an item claims another time than a known one, and not that of the document.
    fn has_other_time(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        !self.times_are_equal && has_own_time(input, known)
    }

    /// True if an item claims a moment, and a known one another time.
    fn has_other_moment(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        self.tells_moment(input) && known.published_at.is_some() && has_own_time(input, known)
    }

    /// True if an item claims a time, which is not the document's own.
    fn tells_time(&self, input: &IdentityInput) -> bool {
        input.published_at.is_some() && !self.times_are_equal
    }

    /// True if an item claims the time of a known one, and that hardly another item has.
    fn is_of_moment(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        has_time_of(input, known) && self.tells_moment(input)
    }

    /// True if an item's time is so exact that hardly another item has it: not a day alone, which is midnight somewhere,
    /// nor an hour set beforehand, nor the document's own time.
    pub(super) fn tells_moment(&self, input: &IdentityInput) -> bool {
        let claim = input.published_at.map(|at| at.timestamp());
        !self.times_are_equal && claim.is_some_and(|at| at % ROUND_SECS != 0)
    }

    /// True if nothing but its keys says that an item is a known one: headlines and leads have little in common, or,
    /// where there are no leads, headlines and times.
    fn tells_other_thing(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        let have_times = known.published_at.is_some();
        !self.is_of_moment(input, known)
            && tells_other_thing(input, known)
                .unwrap_or(have_times && self.has_other_time(input, known))
    }

    fn is_reuse(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        let now = input.published_at.unwrap_or(self.visit.fetched_at);
        let then = known.published_at.unwrap_or(known.fetched_at);
        now - then > TimeDelta::days(REUSE_DAYS) && likeness(&input.title, &known.title) < 0.6
    }

    pub(super) fn gap(&self, input: &IdentityInput, known: &KnownItem) -> TimeDelta {
        let now = input.published_at.unwrap_or(self.visit.fetched_at);
        (now - known.published_at.unwrap_or(known.listed_at)).abs()
    }
}

/// True if an item claims another time than a known one.
fn has_own_time(input: &IdentityInput, known: &KnownItem) -> bool {
    input.published_at.is_some() && !has_time_of(input, known)
}
