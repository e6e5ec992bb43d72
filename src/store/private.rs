//! Files that nobody else reads: a database holds passwords of feeds and digests of those of editors. What root
//! makes in the directory of a service's own user is that user's, or the service could not open it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a directory, and those above it, if they are not there.
pub(super) fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Options to open a file that is made for its owner alone.
pub(super) fn for_owner() -> OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Gives an open file to the owner of the directory that it lies in; nothing where it is theirs.
///
/// # Errors
/// If the name leads to another file than this one: whoever owns the directory may have put a link there, to
/// have root hand over what is not theirs.
pub(super) fn give_to_owner_of(directory: &Path, path: &Path, file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let (theirs, made) = (std::fs::metadata(directory)?, file.metadata()?);
        if (theirs.uid(), theirs.gid()) == (made.uid(), made.gid()) || made.uid() != 0 {
            return Ok(());
        }
        let named = std::fs::symlink_metadata(path)?;
        let is_itself = (named.dev(), named.ino()) == (made.dev(), made.ino());
        if !(is_itself && made.is_file() && made.nlink() == 1) {
            let message = format!("{} leads elsewhere: remove it", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        fchown(file, Some(theirs.uid()), Some(theirs.gid()))?;
    }
    Ok(())
}
