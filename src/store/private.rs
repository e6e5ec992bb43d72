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

/// Gives a file to the owner of the directory that it lies in; nothing where it is theirs.
pub(super) fn give_to_owner_of(directory: &Path, file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let (theirs, made) = (std::fs::metadata(directory)?, std::fs::metadata(file)?);
        if (theirs.uid(), theirs.gid()) != (made.uid(), made.gid()) && made.uid() == 0 {
            chown(file, Some(theirs.uid()), Some(theirs.gid()))?;
        }
    }
    Ok(())
}
