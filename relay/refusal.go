package relay

import (
	"encoding/json"
	"errors"
	"net/http"
)

// A refusal is an answer other than yes. It is the same for all who ask the
// same, and says nothing about what the relay holds.
type refusal struct {
	Status int    `json:"-"`
	Text   string `json:"error"`
	Hint   string `json:"hint"`
	Time   int64  `json:"time,omitempty"` // the relay's clock, where the request's was the trouble
}

func (r *refusal) Error() string { return r.Text }

func refuse(status int, text, hint string) *refusal {
	return &refusal{Status: status, Text: text, Hint: hint}
}

var (
	errNoSuchBox = refuse(http.StatusNotFound, "no such mailbox, or not your key",
		"open the mailbox with PUT, have your side enrol your key, or check it")
	errNoSuchPath = refuse(http.StatusNotFound, "no such path", "a parley relay answers under /v1/")
	errClosing    = refuse(http.StatusServiceUnavailable, "relay is closing", "ask again later")
	errBusy       = refuse(http.StatusTooManyRequests, "too many requests at once", "ask again later")
	errStuck      = refuse(http.StatusServiceUnavailable, "storage did not confirm",
		"send the same bytes again later; if it lasts, the operator should check the disk and restart the relay")
	// errStored turns up only when the envelope that JetStream says it has
	// can't be read back.
	errStored   = refuse(http.StatusInternalServerError, "stored envelope can't be read", "the operator should check the storage")
	errDamaged  = refuse(http.StatusInternalServerError, "stored envelope is damaged", "the operator should check the storage")
	errDiskFull = refuse(http.StatusInsufficientStorage, "relay's disk is full",
		"ask the operator to make room, then send again")
	errBoxFull = refuse(http.StatusInsufficientStorage, "mailbox is full",
		"ask the operator for a higher limit, or open a new channel")
	errRelayFull = refuse(http.StatusInsufficientStorage, "relay holds as many mailboxes as it may",
		"ask the operator for a higher limit")
	errNotAdmitted = refuse(http.StatusForbidden, "access word missing or wrong",
		"ask the operator for the word that new mailboxes must present")
	errQuota = refuse(http.StatusTooManyRequests, "this writer has stored as much today as it may",
		"go on tomorrow (UTC), or ask the operator for a higher quota")
	errShare = refuse(http.StatusInsufficientStorage, "this side's share of the mailbox is full",
		"ask the operator for a higher limit, or open a new channel")
	errOvertaken = refuse(http.StatusConflict, "somebody else changed this just before", "ask how it stands, then again")
	errOtherKey  = refuse(http.StatusConflict, "mailbox is registered with another key",
		"check the channel's secret; somebody who knew the name may have come first")
)

// answer writes v as JSON.
func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// asRefusal turns any error into something that can be answered. What has no
// answer of its own is the storage's trouble; its words stay inside.
func asRefusal(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	return errStuck
}
