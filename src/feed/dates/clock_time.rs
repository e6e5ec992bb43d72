//! The time of day and the zone within a date.

use std::borrow::Cow;
use std::sync::LazyLock;

use chrono_tz::Tz;
use regex::{Captures, Regex};

use super::words;

/// A time of day, and where it holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Time {
    /// 86,400 is midnight at the end of the day.
    pub seconds_of_day: i64,
    /// Minutes east of Greenwich, if said.
    pub offset_minutes: Option<i64>,
    /// A zone by its IANA name, if said.
    pub zone: Option<Tz>,
    /// True if hours are counted to twelve.
    pub is_half_day: bool,
}

/// Half of the day, in words before or after, folded.
const MORNING: &[&str] = &["am", "a.m.", "a.m", "上午", "午前"];
const AFTERNOON: &[&str] = &["pm", "p.m.", "p.m", "下午", "午後"];

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:^|[^0-9:.]|[0-9]{4}:)(?P<hour>[0-9]{1,2})(?: ?[h:] ?)(?:(?P<minute>[0-9]{2})(?: ?: ?(?P<second>[0-9]{1,2})(?:[.,:][0-9]+)?)?|(?P<short_minute>[0-9]) ?: ?(?P<short_second>[0-9]{1,2}))",
    )
    .expect("the pattern is valid")
});

/// `20250815T103000`, `20250815 1030`, `20250815103000`, with an offset at once or nothing.
static COMPACT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<day>[0-9]{8})[t ]?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})?(?:[.,][0-9]+)?(?P<rest>$|z|[ +-].*)")
        .expect("the pattern is valid")
});

/// `2025-08-15T10Z`: the hour alone.
static HOUR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<day>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})t(?P<hour>[0-9]{2})(?P<rest>$|z|[+-].*)")
        .expect("the pattern is valid")
});

/// `2025-08-15-10:30:00`: what follows the day is a time, not a zone.
static TIME_AFTER_DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2}:[0-9]{2}:[0-9]{2}")
        .expect("the pattern is valid")
});

/// `10時30分`, `10시 30분 5초`, folded.
static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
    let words = ["시", "분", "초"].map(words::folded);
    let [hour, minute, second] = words;
    Regex::new(&format!(
        "([0-9]{{1,2}}) ?(?:時|时|点|{hour}) ?([0-9]{{2}}) ?(?:分|{minute})(?: ?([0-9]{{2}}) ?(?:秒|{second}))?"
    ))
    .expect("the pattern is valid")
});

/// `10.30.00`, `10.30`, after a day.
static DOTTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?P<before>[^:]*[0-9][^:]*[ t])(?P<hour>[0-9]{1,2})\.(?P<minute>[0-9]{2})(?:\.(?P<second>[0-9]{2}))?(?P<rest>$|z|[ ,+-].*)",
    )
    .expect("the pattern is valid")
});

static OFFSET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?P<sign>[+-]) ?(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?(?::?00)?(?:$|[^0-9:])",
    )
    .expect("the pattern is valid")
});

/// The time in a folded text and the text without it. Without a time it is midnight; `None` if
/// there is a time that cannot be one.
pub(super) fn take_time(text: &str) -> Option<(Time, String)> {
    let with_colons = with_colons(text);
    let text = with_colons.as_ref();
    if let Some(found) = COMPACT.captures(text).or_else(|| HOUR.captures(text)) {
        let mut time = time_of(&found)?;
        read_zone(&found["rest"], &mut time)?;
        return Some((time, found["day"].to_owned()));
    }
    // What follows a bare day at once is a zone: `2025-08-15+02:00`.
    let is_bare_day = matches!(
        text.as_bytes(),
        [_, _, _, _, b'-', _, _, b'-', _, _, b'+' | b'-' | b'z', ..]
    );
    let is_bare_day = is_bare_day && !TIME_AFTER_DAY.is_match(text);
    let Some(found) = CLOCK.captures(text).filter(|_| !is_bare_day) else {
        return date_alone(text);
    };
    let mut time = time_of(&found)?;
    let hour_at = found.name("hour").map_or(0, |hour| hour.start());
    let end = found.get(0).map_or(text.len(), |all| all.end());
    let (before, after) = (&text[..hour_at], &text[end..]);
    let (before, after, half) = take_half(before, after);
    apply_half(&mut time, half)?;
    let after = read_zone(after, &mut time)?;
    // A weekday in brackets may stand before the time.
    let before = without_brackets(before);
    Some((time, format!("{before} {after}")))
}

/// A time counted in East Asian words, or written with full stops, as one with colons.
fn with_colons(text: &str) -> Cow<'_, str> {
    if let Some(found) = DOTTED
        .captures(text)
        .filter(|found| has_day(&found["before"]))
    {
        let second = found.name("second").map_or("00", |second| second.as_str());
        let [before, hour, minute, rest] =
            ["before", "hour", "minute", "rest"].map(|name| &found[name]);
        return Cow::Owned(format!("{before}{hour}:{minute}:{second}{rest}"));
    }
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    COUNTED.replace(text, |found: &Captures<'_>| {
        let second = found.get(3).map_or("00", |second| second.as_str());
        format!(" {}:{}:{second} ", &found[1], &found[2])
    })
}

/// True if a year of four digits stands in a text, and another number.
fn has_day(text: &str) -> bool {
    let numbers = text.split(|c: char| !c.is_ascii_digit());
    let lengths: Vec<usize> = numbers.map(str::len).filter(|length| *length > 0).collect();
    lengths.len() > 1 && lengths.contains(&4)
}

fn date_alone(text: &str) -> Option<(Time, String)> {
    let mut time = Time::default();
    // A zone may still follow a bare day: `2025-08-15Z`, `2025-08-15+02:00`.
    let is_bare = |day: &&str| {
        let digits = day.bytes().filter(u8::is_ascii_digit).count();
        digits == 8 && day.bytes().filter(|b| *b == b'-').count() == 2
    };
    let bare = text.get(..10).filter(is_bare);
    match bare {
        Some(day) => {
            let rest = read_zone(&text[10..], &mut time)?;
            Some((time, format!("{day} {rest}")))
        }
        None => Some((time, text.to_owned())),
    }
}

fn time_of(found: &Captures<'_>) -> Option<Time> {
    let number = |name, short| {
        let part = found.name(name).or_else(|| found.name(short));
        part.map_or(Some(0), |part| part.as_str().parse::<i64>().ok())
    };
    let hour = number("hour", "hour")?;
    let minute = number("minute", "short_minute")?;
    let second = number("second", "short_second")?;
    // A leap second counts as the last of its minute.
    let second = second.min(if second == 60 { 59 } else { second });
    let is_time =
        (hour < 24 && minute < 60 && second < 60) || (hour == 24 && minute == 0 && second == 0);
    is_time.then(|| Time {
        seconds_of_day: hour * 3600 + minute * 60 + second,
        ..Time::default()
    })
}

/// Takes the half of the day from what stands around the time.
fn take_half<'a>(before: &'a str, after: &'a str) -> (&'a str, &'a str, Option<bool>) {
    let korean = [words::folded("오전"), words::folded("오후")];
    let trimmed = before.trim_end();
    for (afternoon, names) in [(false, MORNING), (true, AFTERNOON)] {
        let own = &korean[usize::from(afternoon)];
        for name in names
            .iter()
            .copied()
            .map(words::folded)
            .chain([own.clone()])
        {
            let is_latin = name.is_ascii();
            if !is_latin && let Some(rest) = trimmed.strip_suffix(name.as_str()) {
                return (rest, after, Some(afternoon));
            }
            if let Some(rest) = after.trim_start().strip_prefix(name.as_str())
                && !rest.starts_with(|c: char| c.is_alphanumeric())
            {
                return (before, rest, Some(afternoon));
            }
        }
    }
    (before, after, None)
}

fn apply_half(time: &mut Time, half: Option<bool>) -> Option<()> {
    let Some(is_afternoon) = half else {
        return Some(());
    };
    const NOON: i64 = 12 * 3600;
    let is_twelfth = (NOON..NOON + 3600).contains(&time.seconds_of_day);
    match (is_afternoon, is_twelfth) {
        (true, false) if time.seconds_of_day < NOON => time.seconds_of_day += NOON,
        (false, true) => time.seconds_of_day -= NOON,
        // 13:00 AM is nonsense; 13:00 PM is a habit.
        (false, false) if time.seconds_of_day > NOON => return None,
        _ => {}
    }
    time.is_half_day = true;
    Some(())
}

/// Reads the zone at the start of what follows a time, and returns what follows the zone. `None`
/// if there is a zone that cannot be one.
fn read_zone(after: &str, time: &mut Time) -> Option<String> {
    let after = after.trim_start_matches([' ', ',']);
    if let Some((offset, rest)) = read_offset(after) {
        time.offset_minutes = Some(offset?);
        return Some(without_brackets(without_second_zone(rest)));
    }
    let end = after
        .find(|c: char| !(c.is_alphabetic() || matches!(c, '/' | '_')))
        .unwrap_or(after.len());
    let (word, rest) = after.split_at(end);
    if word.is_empty() {
        return Some(bracketed_zone(after, time));
    }
    if word.contains('/') {
        let (name, rest) = with_own_offset(after, end);
        let mut zones = chrono_tz::TZ_VARIANTS.iter();
        time.zone = Some(*zones.find(|zone| zone.name().eq_ignore_ascii_case(name))?);
        return Some(without_brackets(rest));
    }
    if words::month(word).is_some() || words::is_noise(word) && words::zone(word).is_none() {
        return Some(without_brackets(after));
    }
    if let Some(zone) = american_clock(word) {
        time.zone = Some(zone);
        return Some(without_brackets(rest));
    }
    let base = words::zone(word);
    if matches!(word, "gmt" | "utc" | "ut" | "z")
        && let Some((offset, rest)) = read_offset(rest.trim_start())
    {
        time.offset_minutes = Some(offset?);
        return Some(without_brackets(rest));
    }
    // A short name that nobody knows is a zone all the same; mail has always read it as UTC.
    time.offset_minutes = Some(base.or((word.len() <= 5 && word.is_ascii()).then_some(0))?);
    Some(without_brackets(rest.trim_start_matches('.')))
}

/// Cuts off the name of a zone that ends at `end`, or after the hours that are a part of it: `Etc/GMT+8` lies in the
/// west.
fn with_own_offset(text: &str, end: usize) -> (&str, &str) {
    let hours = text[end..].strip_prefix(['+', '-']).map_or(0, |hours| {
        let digits = hours.find(|c: char| !c.is_ascii_digit());
        1 + digits.unwrap_or(hours.len())
    });
    match text.starts_with("etc/") {
        true => text.split_at(end + hours),
        false => text.split_at(end),
    }
}

/// Names that say which clock is meant, in summer and in winter.
fn american_clock(name: &str) -> Option<Tz> {
    Some(match name {
        "et" => Tz::America__New_York,
        "ct" => Tz::America__Chicago,
        "mt" => Tz::America__Denver,
        "pt" => Tz::America__Los_Angeles,
        _ => return None,
    })
}

/// Outer `None`: no offset here. Inner `None`: an impossible one.
fn read_offset(text: &str) -> Option<(Option<i64>, &str)> {
    let found = OFFSET.captures(text)?;
    let number = |name| {
        found
            .name(name)
            .and_then(|part| part.as_str().parse::<i64>().ok())
            .unwrap_or(0)
    };
    let minutes = number("hours") * 60 + number("minutes");
    let all = found.get(0)?;
    let keeps_last = all.as_str().ends_with(|c: char| !c.is_ascii_digit());
    let end = all.end()
        - if keeps_last {
            all.as_str().chars().last().map_or(0, char::len_utf8)
        } else {
            0
        };
    let is_possible = minutes <= 14 * 60 && number("minutes") < 60;
    let signed = if &found["sign"] == "-" {
        -minutes
    } else {
        minutes
    };
    Some((is_possible.then_some(signed), &text[end..]))
}

/// `-0700 PDT`, `-0300 -03`, as Go writes times, with its monotonic clock: the offset has said it all.
fn without_second_zone(rest: &str) -> &str {
    let start = rest.trim_start();
    let word = start.find(|c: char| !c.is_alphabetic());
    let (word, after) = start.split_at(word.unwrap_or(start.len()));
    let after = match read_offset(start) {
        Some((_, after)) => after,
        None if words::zone(word).is_some() => after,
        None => return rest,
    };
    if after.trim_start().starts_with("m=") {
        return "";
    }
    match after.starts_with(|c: char| c.is_alphanumeric()) {
        true => rest,
        false => after,
    }
}

fn without_brackets(rest: &str) -> String {
    match rest.split_once('(') {
        Some((before, inside)) => {
            let after = inside.split_once(')').map_or("", |(_, after)| after);
            format!("{before} {after}")
        }
        None => rest.to_owned(),
    }
}

/// `10:00 (CEST)`: the zone in brackets, where there is no other.
fn bracketed_zone(after: &str, time: &mut Time) -> String {
    if let Some((_, inside)) = after.split_once('(') {
        let name = inside.split(')').next().unwrap_or_default().trim();
        time.zone = american_clock(name);
        time.offset_minutes = words::zone(name);
    }
    without_brackets(after)
}
