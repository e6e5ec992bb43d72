//! The daemon as a service manager starts it: its socket, its notify socket, its signals.

use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use dateline::store::Store;
use tokio::net::UnixDatagram;

use super::client::Client;

/// How long the daemon may take to say what it is asked for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A data directory, a config and an address, held while daemons come and go.
pub struct Place {
    directory: tempfile::TempDir,
    listener: TcpListener,
    notes: UnixDatagram,
    /// Lines of notes that were received and not asked for yet.
    heard: std::sync::Mutex<std::collections::VecDeque<String>>,
}

/// A running daemon; it is killed if it is dropped.
pub struct Service {
    child: Child,
}

impl Place {
    /// A place whose daemon may visit `ports` of loopback; `more` is added to its config.
    pub fn new(ports: &[u16], more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let notes = UnixDatagram::bind(directory.path().join("notify")).unwrap();
        let place = Self {
            directory,
            listener,
            notes,
            heard: Default::default(),
        };
        let text = format!(
            "[server]\nlisten = \"{address}\"\nbase_url = \"http://{address}\"\n\
             publish_hold_secs = 0\n\
             [polling]\nhost_gap_millis = 0\n\
             [fetch]\nallow_networks = [\"127.0.0.0/8\"]\nallow_ports = {ports:?}\n\
             [schedule]\nsweep = \"* * * * * *\"\npublish = \"* * * * * *\"\n{more}"
        );
        place.configure(&text);
        std::fs::create_dir(place.data_dir()).unwrap();
        place
    }

    /// Writes the config.
    pub fn configure(&self, text: &str) {
        std::fs::write(self.config(), text).unwrap();
    }

    pub fn config(&self) -> PathBuf {
        self.directory.path().join("dateline.toml")
    }

    pub fn data_dir(&self) -> PathBuf {
        self.directory.path().join("state")
    }

    pub fn log_path(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    /// What all daemons of this place have logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    pub fn client(&self) -> Client {
        Client::new(self.address())
    }

    /// The store, as a process that owns it opens it.
    pub fn open_store(&self) -> Store {
        Store::open(&self.data_dir()).unwrap()
    }

    /// How many items are kept, read beside the daemon.
    pub fn open_count(&self) -> u64 {
        let store = Store::open_read_only(&self.data_dir()).unwrap();
        store.read(dateline::store::items::count_items).unwrap()
    }

    /// Starts a daemon that gets the listening socket as systemd hands it over.
    pub fn start(&self) -> Service {
        self.start_with(&[])
    }

    /// The same with more in its environment.
    pub fn start_with(&self, environment: &[(&str, &str)]) -> Service {
        self.spawn(&[], environment)
    }

    /// The same with words before the program that trace it.
    pub fn start_traced(&self, words: &[String]) -> Service {
        self.spawn(words, &[])
    }

    fn spawn(&self, words: &[String], environment: &[(&str, &str)]) -> Service {
        let socket: OwnedFd = self.listener.try_clone().unwrap().into();
        let handed_over = "exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$@\"";
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.log_path())
            .unwrap();
        let child = Command::new("sh")
            .args(["-c", handed_over, "sh"])
            .args(words)
            .arg(program())
            .args(["--config".as_ref(), self.config().as_os_str()])
            .args(["--data-dir".as_ref(), self.data_dir().as_os_str()])
            .args(["run", "--no-starter"])
            .env("NOTIFY_SOCKET", self.directory.path().join("notify"))
            .env_remove("JOURNAL_STREAM")
            .envs(environment.iter().copied())
            .stdin(Stdio::from(socket))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Service { child }
    }

    /// Waits until the daemon has told its service manager a line that begins so; returns it.
    pub async fn hear(&self, beginning: &str) -> String {
        let listening = async {
            let mut bytes = [0; 4096];
            loop {
                while let Some(line) = self.next_heard() {
                    if line.starts_with(beginning) {
                        return line;
                    }
                }
                let length = self.notes.recv(&mut bytes).await.unwrap();
                let note = String::from_utf8_lossy(&bytes[..length]).into_owned();
                self.heard
                    .lock()
                    .unwrap()
                    .extend(note.lines().map(str::to_owned));
            }
        };
        let heard = tokio::time::timeout(PATIENCE, listening).await;
        heard.unwrap_or_else(|_| panic!("no {beginning} in time; the log:\n{}", self.log()))
    }

    fn next_heard(&self) -> Option<String> {
        self.heard.lock().unwrap().pop_front()
    }

    /// Forgets what daemons told so far.
    pub fn forget_notes(&self) {
        self.heard.lock().unwrap().clear();
        let mut bytes = [0; 4096];
        while self.notes.try_recv(&mut bytes).is_ok() {}
    }

    /// Runs a command on this place.
    pub async fn dateline(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(program());
        command
            .args(["--config".as_ref(), self.config().as_os_str()])
            .args(["--data-dir".as_ref(), self.data_dir().as_os_str()])
            .args(arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    /// What `dateline check --db` finds wrong; empty if nothing.
    pub async fn find_wrong(&self) -> String {
        let output = self.dateline(&["check", "--db"]).await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        match output.status.success() {
            true => String::new(),
            false => said + &String::from_utf8_lossy(&output.stderr),
        }
    }
}

impl Service {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a loss of power would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", self.child.id())])
            .status();
        assert!(sent.unwrap().success(), "SIG{name} is sent");
    }

    /// Waits until it has ended by itself.
    pub async fn ended(mut self) -> ExitStatus {
        let waiting = tokio::task::spawn_blocking(move || self.child.wait().unwrap());
        let ended = tokio::time::timeout(PATIENCE, waiting).await;
        ended.expect("it ends").unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // One that has ended needs no more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program under test: the one that was built with the tests, or another build of it.
pub fn program() -> PathBuf {
    let built = || env!("CARGO_BIN_EXE_dateline").into();
    std::env::var_os("DATELINE_PROGRAM").map_or_else(built, PathBuf::from)
}
