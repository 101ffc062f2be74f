// Package relay stores and forwards sealed envelopes. It understands none of
// them: two sides that are never online at once leave their envelopes here and
// fetch each other's.
//
// Nobody has to trust a relay. What it holds is sealed and signed by the members
// of a channel, who notice what is missing, changed or reordered. It is trusted
// with one thing only: that an acknowledged envelope is on disk. Even so it is no
// proof of delivery; members keep what they sent until the other side's receipt.
//
// [Server] is the relay, an http.Handler. [Client] is one member's end of one
// mailbox. [Folder] is a mailbox without a relay: a stick that is carried between
// the desks. [Memory] is one for tests, and as hostile as they like.
//
// # Mailboxes
//
// A channel has a mailbox. Its name (32 bytes, 64 lower-case hex digits in a
// path) and its keys (32 bytes each) are derived by the members, see [Derive],
// for this relay alone: strangers know neither, and two relays of one channel
// have nothing in common.
//
//   - The door key is known to all members. Whoever comes first opens the
//     mailbox with it and seats the sides that there are. Afterwards it can only
//     seat a side that came later.
//   - Each side has a key that administers its members' keys and nobody else's.
//     A side is seated with one that all members can derive, so that its own can
//     enrol themselves; once they all have come, one of them replaces it with a
//     key of its own, see [Client.Administer].
//   - Each member has a key of its own. It reads and writes. One that was revoked
//     still reads, so that its holder learns of it.
//
// Sides and members are named by tags (16 bytes, 32 hex digits).
//
// Envelopes are numbered from 1 in the order of their arrival. Numbers ascend,
// and need not be without gaps. The same bytes again, however late, are given
// the number that they had and are not stored twice: to send again is always
// safe. An operator can have envelopes deleted after some time; sent again after
// that, one has a number of its own.
//
// # Requests
//
//	PUT  /v1/box/{name}         body: opening     opens the mailbox
//	POST /v1/box/{name}         body: envelope    {"number":7}, once it is on disk
//	GET  /v1/box/{name}         ?after=6&limit=256&wait=60     envelopes after 6
//	GET  /v1/box/{name}/state                     {"epoch":"5f…","last":7}
//	GET  /v1/box/{name}/side/{tag}                {"revision":3,"members":["5f…"]}
//	PUT  /v1/box/{name}/side/{tag}   body: change   enrols, revokes, hands over
//	POST /v1/box/{name}/side/{tag}   body: change   seats a side that has no seat
//	PUT  /v1/box/{name}/blob/{digest}   ?offset=2097152        body: a chunk
//	GET  /v1/box/{name}/blob/{digest}   ?offset=77&by={who}    the bytes from there on
//	GET  /v1/box/{name}/blob/{digest}/state   ?by={who}   {"have":2097152}
//	GET  /v1/health                               ok
//
// Every answer has the header "Parley-Relay: 1"; without it, something else has
// answered. Opening takes the header Parley-Admit where the operator asks
// for an access word. All others but health take
//
//	Authorization: Parley-MAC <who, 64 hex digits>:<unix seconds>:<nonce, 32 hex digits>:<mac, 64 hex digits>
//	Parley-Digest: <SHA-256 of the body in hex; may be left out where there is no body>
//
// The mac is HMAC-SHA256 under the caller's key over these lines, each ended by
// a line feed:
//
//	parley-relay/1
//	<method>
//	<path from /v1 on, with ?query if there is one>
//	<who>
//	<unix seconds>
//	<nonce>
//	<digest>
//
// who is the side's tag followed by the member's; for the side's own key by zeros;
// for the door all zeros. An opening is
//
//	{"door":"<key>","sides":{"<tag>":"<key>", …}}
//
// and a change, of which all but the revision may be missing,
//
//	{"revision":3,"admin":"<key>","enrol":{"<tag>":"<key>"},"revoke":["<tag>"]}
//
// with keys as 64 hex digits. It names the revision of the side that it changes,
// so that it has its effect once.
//
// It is a MAC and not a signature, because a signature would let a relay prove
// to others who took part. The digest stands in a header so that the proof is
// checked before any of the body is read. A time may be ten minutes off and not
// before the relay's start, and a nonce is good once. Whoever signs with a wrong
// clock is told the relay's time and signs again.
//
// A fetch is answered with envelopes, each as number (8 bytes, big-endian),
// length (4 bytes), and its bytes; then number 0, with length 1 if there may be
// more to ask for and 0 if not, and no bytes. An answer without this end was cut
// off. It holds at most 256 envelopes, and begins none after 8 MiB. With wait it
// comes when there is something, or empty after so many seconds.
//
// A blob is what is too large for an envelope: up to 256 MiB, sealed, named by its
// SHA-256. Its writer sends it in chunks of 1 MiB, the last one shorter, each at
// the offset where the one before ended; after a broken line it asks how much is
// there and goes on. A blob belongs to its writer: the same name by another (by=,
// without it one's own) is another blob. The relay doesn't check a whole blob
// against its name; whoever fetches it does.
//
// The epoch is drawn when the mailbox's storage is made. Another epoch, or a
// last that has fallen, means that the relay has lost what it held.
//
// # Answers
//
// Other than 200 (201 where a mailbox is new) the answer is JSON: "error", a
// "hint" what to do, and with 401 the relay's "time".
//
//	400  the request is malformed: name, key, query; a body that is empty, cut
//	     off, or does not match its digest
//	401  the proof is missing, malformed, stale, or was used before
//	403  the access word is missing or wrong; the member was revoked; no more seats
//	404  no such mailbox, or not its key, or not for this: the same answer, after
//	     the same work
//	408  the body stopped coming, or came at less than 4 KiB a second
//	409  the mailbox or the member has another key; somebody changed it just before
//	413  the envelope is larger than the operator allows
//	416  nothing of this blob is there from that offset on
//	429  the mailbox has too many uploads or waits open at once, or this writer has
//	     stored as much today as it may
//	500  the stored copy of these very bytes is damaged
//	503  the relay is closing, or its storage did not confirm; nothing is
//	     acknowledged, and sending again later is safe
//	507  the mailbox, the side's share of it, the relay or its disk is full; nothing was stored
//
// # Storage
//
//	lock               held by the process that serves this directory
//	jetstream/         of an embedded NATS server that listens nowhere
//	└── $G/streams/
//	    ├── blob-<name>/   its blobs, made with the first one
//	    └── box-<name>/    one mailbox: its description, and blocks of envelopes
//	set-aside/         mailboxes whose description can't be read
//
// Each mailbox is a JetStream stream of its own, in one account. Members never
// speak NATS, so what NATS lets one of its clients do to another (consumers that
// deliver into foreign streams, for one) is out of their reach, and an account
// per channel would isolate nobody from anybody; the handler in this package is
// the only client. A stream each means: numbers that tell a channel nothing about
// the others' traffic, a size limit that JetStream itself holds, damage that
// stays in one mailbox, and removal as a whole. The price is about 0.1 MB of
// memory and, for a while after a write, an open file for each.
//
// The stream's metadata hold the door key and the epoch, so that they come and go
// with it; the other keys are in the key-value bucket "keys", each mailbox's
// changed by compare-and-set. An envelope's subject is
// box.<name>.<side>.<member>.<SHA-256, base64url>. JetStream
// stores it only if that subject is empty, under the same lock with which it
// writes: that is how the same bytes keep their number for good. NATS' own
// deduplication forgets after two minutes and is not used. The header Writer-Count
// holds what the writer had stored on that day and its side in all, so that quotas
// outlast a restart. Every write is synced
// before it is acknowledged (SyncAlways); of the directory that a new block file
// stands in, this holds as far as the file system syncs it with the file, as ext4,
// xfs and btrfs do.
//
// # Several relays
//
// With [Config.NATS] the mailboxes lie on an external JetStream cluster, three
// times, and any number of relays serve them that hold nothing of their own. Each
// reads from the server that leads, learns of keys by watching their bucket, and
// tells the others when a mailbox got something. An envelope is acknowledged when
// a majority of the servers has it; without a majority it is refused, and if it
// was stored all the same, sending it again finds it. The servers must sync always
// (sync_interval: always), take messages a little larger than an envelope
// (max_payload), and have room for the sum of all mailboxes' limits, which they
// reserve. Their account is the relays' alone. A request can be used once at each
// relay: appends and changes have their effect once all the same, a fetch shows its
// copier sealed envelopes once more.
//
// # What an operator sees
//
// The log holds acts, counts, sizes and durations; it names no mailbox, key,
// address or path. At level debug there is a line per request. "Mailboxes could
// not be read and were set aside" after a crash usually means one whose
// registration was cut off before it was acknowledged; otherwise set-aside/ holds
// its blocks. "The keys of mailboxes could not be read" after damage on the disk: their
// members open them again, as on the first day, and find their envelopes there. While a write has not been confirmed, /v1/health answers 503:
// JetStream keeps silent about a mailbox after a failed write until the relay is
// restarted. [Server.Metrics] answers with sums over all mailboxes; it is for an
// address of the operator's own. So that a full disk does not lead there, nothing is accepted within
// 64 MiB of the end.
//
// # What is not protected
//
// The relay, and whoever seizes it, sees addresses, times, sizes, and which
// requests concern the same mailbox. It holds the keys of the mailboxes, since a
// MAC can't be checked without: with one, anybody can read and add envelopes,
// which stay sealed, and members tell added ones apart as not theirs. Without TLS
// whoever listens sees the keys when they are enrolled, and all that the relay
// sees.
//
// Until a side is taken over, any member of the channel can enrol in its place or
// revoke its members: the side finds that it is refused, and takes another relay
// or realm. So it is while a new desk of a side is awaited. If the desk that
// administers a side is lost, its side can enrol nobody more at this relay.
//
// A relay can drop, withhold, reorder, and begin again from nothing. A
// writer is stopped by its quota and a side by its share of the mailbox, a
// quarter. Who learns a mailbox's name before its first use can
// register it with another key, and so deny it; who learns it later can find out
// that it is registered, unless an access word is asked for. Bits that rot on disk
// are found by JetStream's checksums, but it may cut a mailbox short there, and
// numbers then go back and are given out again: members compare.
package relay
