//! Packs what is long in an item, with a dictionary learnt from items: single items are too short to
//! be packed well by themselves. SQL reaches it as `packed`, `unpacked` and `lead_of`.
//!
//! A packed value is a zstd frame without its magic number, or, if that would be longer, the byte
//! [`PLAIN`] and the value. The frame names its dictionary.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Error, OptionalExtension, Transaction, params};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{CCtx, DCtx, get_dict_id_from_frame, get_frame_content_size};

use super::content::Content;
use super::{Result, StoreError};

/// Begins a value that is not packed; no frame begins with it (a reserved bit is set).
const PLAIN: u8 = 8;
/// What every zstd frame begins with (RFC 8878, 3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Where a dictionary carries its number (RFC 8878, 5).
const DICTIONARY_NUMBER: std::ops::Range<usize> = 4..8;
/// Level 3 packs farm items to 44 %, level 9 to 43 % at three times the time.
const LEVEL: i32 = 3;
/// Larger ones gain little: 64 KiB packs to 44 %, 112 KiB to 43 %, and each connection has it in its
/// processor's cache.
const DICTIONARY_BYTES: usize = 64 * 1024;
/// Items that a dictionary is learnt from: a hundred times its size, as zstd's manual advises.
const SAMPLES: u32 = 6_000;
/// Items from which the first one is learnt; later ones at ten times as many each, because by then
/// outlets and matters are others.
const FIRST_AT: i64 = 3_000;
const TIMES_MORE: i64 = 10;
const MOST_DICTIONARIES: u32 = 6;
/// Longest value that is believed, so that a damaged row cannot take all memory.
const LONGEST: u64 = 256 << 20;

/// The dictionaries of a database, shared by its connections.
#[derive(Default)]
pub(super) struct Packing {
    dictionaries: RwLock<Vec<Arc<Dictionary>>>,
}

struct Dictionary {
    number: u32,
    encoder: EncoderDictionary<'static>,
    decoder: DecoderDictionary<'static>,
}

impl Packing {
    /// Takes over the dictionaries of the database.
    pub(super) fn load(&self, conn: &Connection) -> Result<()> {
        let mut query = conn.prepare("SELECT id, content FROM dictionaries ORDER BY id")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let rows: Vec<(u32, Vec<u8>)> = rows.collect::<rusqlite::Result<_>>()?;
        let known = rows.into_iter().map(|(number, content)| {
            Arc::new(Dictionary {
                number,
                encoder: EncoderDictionary::copy(&content, LEVEL),
                decoder: DecoderDictionary::copy(&content),
            })
        });
        let known = known.collect();
        *self
            .dictionaries
            .write()
            .unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    /// How many items there are when the next dictionary is to be learnt; `None` if there are enough.
    pub(super) fn next_at(&self) -> Option<i64> {
        let known = self.newest().map_or(0, |newest| newest.number);
        (known < MOST_DICTIONARIES).then(|| FIRST_AT * TIMES_MORE.pow(known))
    }

    /// Makes the functions known to a connection.
    pub(super) fn register(self: &Arc<Self>, conn: &Connection) -> Result<()> {
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        let packing = Arc::clone(self);
        let coder: Mutex<Option<CCtx<'static>>> = Mutex::default();
        conn.create_scalar_function("packed", 1, flags, move |context| {
            let value = context.get_raw(0).as_bytes()?;
            let mut coder = coder.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(packing.pack(coder.get_or_insert_with(CCtx::create), value))
        })?;
        let unpack = self.unpacker();
        conn.create_scalar_function("unpacked", 1, flags, move |context| {
            unpack(context.get_raw(0).as_bytes()?)
        })?;
        let unpack = self.unpacker();
        conn.create_scalar_function("lead_of", 2, flags, move |context| {
            let length: u32 = context.get(1)?;
            let Some(packed) = context
                .get_raw(0)
                .as_bytes_or_null()?
                .filter(|_| length > 0)
            else {
                return Ok(String::new());
            };
            let content = unpack(packed)?;
            let lead = Content::lead_of(&content);
            Ok(beginning(lead, length as usize).to_owned())
        })?;
        Ok(())
    }

    fn unpacker(self: &Arc<Self>) -> impl Fn(&[u8]) -> rusqlite::Result<Vec<u8>> + Send + 'static {
        let packing = Arc::clone(self);
        let decoder: Mutex<Option<DCtx<'static>>> = Mutex::default();
        move |value| {
            let mut decoder = decoder.lock().unwrap_or_else(PoisonError::into_inner);
            packing.unpack(decoder.get_or_insert_with(DCtx::create), value)
        }
    }

    fn pack(&self, coder: &mut CCtx<'static>, value: &[u8]) -> Vec<u8> {
        let mut frame = Vec::with_capacity(value.len() + 256);
        let newest = self.newest();
        let coded = match &newest {
            Some(newest) => {
                coder.compress_using_cdict(&mut frame, value, newest.encoder.as_cdict())
            }
            None => coder.compress(&mut frame, value, LEVEL),
        };
        if coded.is_ok() && frame.len() < value.len() + MAGIC.len() {
            frame.drain(..MAGIC.len());
            return frame;
        }
        [&[PLAIN], value].concat()
    }

    fn unpack(&self, decoder: &mut DCtx<'static>, value: &[u8]) -> rusqlite::Result<Vec<u8>> {
        if let Some((&PLAIN, plain)) = value.split_first() {
            return Ok(plain.to_vec());
        }
        let frame = [&MAGIC, value].concat();
        let length = match get_frame_content_size(&frame) {
            Ok(Some(length)) if length <= LONGEST => length as usize,
            _ => return Err(unreadable("it has no length")),
        };
        let mut unpacked = Vec::with_capacity(length);
        let decoded = match get_dict_id_from_frame(&frame) {
            Some(number) => {
                let dictionary = self.find(number.get());
                let dictionary = dictionary.ok_or_else(|| unreadable("its dictionary is newer"))?;
                let decoding = dictionary.decoder.as_ddict();
                decoder.decompress_using_ddict(&mut unpacked, &frame, decoding)
            }
            None => decoder.decompress(&mut unpacked, &frame),
        };
        match decoded {
            Ok(_) => Ok(unpacked),
            Err(_) => Err(unreadable("it is damaged")),
        }
    }

    fn newest(&self) -> Option<Arc<Dictionary>> {
        let known = self.dictionaries.read();
        known
            .unwrap_or_else(PoisonError::into_inner)
            .last()
            .cloned()
    }

    fn find(&self, number: u32) -> Option<Arc<Dictionary>> {
        let known = self.dictionaries.read();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|one| one.number == number).cloned()
    }
}

/// Learns a dictionary from the newest items; `None` if they do not repeat enough to learn from.
pub(super) fn learn(conn: &Connection) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT unpacked(content) FROM items ORDER BY id DESC LIMIT ?1";
    let mut query = conn.prepare(sql)?;
    let mut rows = query.query([SAMPLES])?;
    let (mut samples, mut lengths) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let sample = row.get_ref(0)?.as_bytes().map_err(rusqlite::Error::from)?;
        // Beginnings, so that one long text does not outweigh a hundred short ones.
        let sample = &sample[..sample.len().min(4096)];
        samples.extend_from_slice(sample);
        lengths.push(sample.len());
    }
    Ok(zstd::dict::from_continuous(&samples, &lengths, DICTIONARY_BYTES).ok())
}

/// Keeps a dictionary under the next number.
pub(super) fn save(tx: &Transaction<'_>, mut dictionary: Vec<u8>) -> Result<()> {
    let sql = "SELECT max(id) FROM dictionaries";
    let newest: Option<Option<u32>> = tx.query_row(sql, [], |row| row.get(0)).optional()?;
    let number = newest.flatten().unwrap_or(0) + 1;
    let place = dictionary.get_mut(DICTIONARY_NUMBER);
    let place = place.ok_or_else(|| StoreError::Unreadable("dictionary".to_owned()))?;
    place.copy_from_slice(&number.to_le_bytes());
    tx.execute(
        "INSERT INTO dictionaries (id, content) VALUES (?1, ?2)",
        params![number, dictionary],
    )?;
    Ok(())
}

/// At most so many bytes of a text, whole characters.
fn beginning(text: &str, most_bytes: usize) -> &str {
    let mut end = most_bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn unreadable(why: &str) -> Error {
    Error::UserFunctionError(format!("a packed value cannot be unpacked: {why}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(packing: &Packing, value: &[u8]) -> (usize, Vec<u8>) {
        let packed = packing.pack(&mut CCtx::create(), value);
        let unpacked = packing.unpack(&mut DCtx::create(), &packed);
        (packed.len(), unpacked.unwrap())
    }

    #[test]
    fn what_is_packed_comes_back_short_long_and_empty() {
        let packing = Packing::default();
        let long = "the same words again ".repeat(500);
        for value in ["", "x", "short text", &long] {
            let (length, back) = round(&packing, value.as_bytes());
            assert_eq!(back, value.as_bytes());
            assert!(length <= value.len() + 1, "{length}");
        }
    }

    #[test]
    fn damage_is_an_error_and_no_panic() {
        let packing = Packing::default();
        let packed = packing.pack(&mut CCtx::create(), "abc ".repeat(99).as_bytes());
        for cut in 0..packed.len() {
            assert!(packing.unpack(&mut DCtx::create(), &packed[..cut]).is_err());
            let mut turned = packed.clone();
            turned[cut] ^= 0xff;
            drop(packing.unpack(&mut DCtx::create(), &turned));
        }
    }
}
