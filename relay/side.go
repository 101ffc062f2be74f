package relay

import (
	"context"
	"encoding/json"
	"net/http"
)

const maxChange = 8 << 10

var (
	errChangeForm = refuse(http.StatusBadRequest, "body is no change of a side's keys",
		`send {"revision":N,"admin":KEY,"enrol":{TAG:KEY},"revoke":[TAG]}; all but the revision may be left out`)
	errManyMembers = refuse(http.StatusForbidden, "side has as many members as it may", "revoke those who left")
	errManySides   = refuse(http.StatusForbidden, "mailbox has as many sides as it may", "open a new channel")
	errRevoked     = refuse(http.StatusForbidden, "member was revoked by its side", "it may still read, and write no more")
	errTagTaken    = refuse(http.StatusConflict, "member is enrolled with another key", "have your side's administrator revoke it first")
)

// sideState is the answer to how a side stands. It holds no key.
type sideState struct {
	Revision uint64   `json:"revision"`
	Members  []hexTag `json:"members"`
}

// sideChange is what a side's administrator asks for. It names the revision
// that it changes, so that it has its effect once, on whichever relay.
type sideChange struct {
	Revision uint64            `json:"revision"`
	Admin    *hexKey           `json:"admin,omitempty"`
	Enrol    map[hexTag]hexKey `json:"enrol,omitempty"`
	Revoke   []hexTag          `json:"revoke,omitempty"`
}

// sideOf checks that the path names the caller's own side.
func sideOf(r *http.Request, c caller) error {
	if r.PathValue("side") != c.side.String() {
		return errNoSuchBox
	}
	return nil
}

// showSide tells an administrator its side's members.
func (s *Server) showSide(w http.ResponseWriter, r *http.Request) (tally, error) {
	c, err := s.guard(w, r, sideRole)
	if err != nil {
		return tally{}, err
	}
	if err := sideOf(r, c); err != nil {
		return tally{}, err
	}
	known := c.box.ring().sides[c.side]
	answer(w, http.StatusOK, sideState{known.revision, known.tags()})
	return tally{}, nil
}

// changeSide enrols and revokes members of the administrator's own side, and
// hands the side to another key.
func (s *Server) changeSide(w http.ResponseWriter, r *http.Request) (tally, error) {
	c, err := s.guard(w, r, sideRole)
	if err != nil {
		return tally{}, err
	}
	if err := sideOf(r, c); err != nil {
		return tally{}, err
	}
	var change sideChange
	if err := s.smallBody(w, r, c, &change); err != nil {
		return tally{}, err
	}
	return tally{}, s.rewrite(w, r.Context(), c.box, func(k *keyring) (*keyring, error) {
		next, err := k.sides[c.side].changed(change)
		return k.with(c.side, next), err
	})
}

// seatSide gives a side a seat that has none: a neutral who came later. Any
// member can; nobody can change a side that is seated in this way.
func (s *Server) seatSide(w http.ResponseWriter, r *http.Request) (tally, error) {
	c, err := s.guard(w, r, doorRole)
	if err != nil {
		return tally{}, err
	}
	var t Tag
	var change sideChange
	if err := s.smallBody(w, r, c, &change); err != nil {
		return tally{}, err
	}
	if !isLowerHex(t[:], r.PathValue("side")) || t == (Tag{}) || change.Admin == nil {
		return tally{}, errChangeForm
	}
	return tally{}, s.rewrite(w, r.Context(), c.box, func(k *keyring) (*keyring, error) {
		if _, there := k.sides[t]; there {
			return k, nil
		}
		if len(k.sides) >= maxSides {
			return nil, errManySides
		}
		return k.with(t, side{admin: Key(*change.Admin)}), nil
	})
}

func (s *Server) smallBody(w http.ResponseWriter, r *http.Request, c caller, v any) error {
	leave, err := s.place(r, c.box)
	if err != nil {
		return err
	}
	defer leave()
	body, err := s.body(w, r, maxChange, c.digest)
	if err != nil {
		return err
	}
	if json.Unmarshal(body, v) != nil {
		return errChangeForm
	}
	return nil
}

// changed applies a change to the revision that it names.
func (s side) changed(by sideChange) (side, error) {
	if by.Revision != s.revision {
		return s, errOvertaken
	}
	next := side{revision: s.revision + 1, admin: s.admin, members: keysAs[Key](s.members), gone: keysAs[Key](s.gone)}
	if by.Admin != nil {
		next.admin = Key(*by.Admin)
	}
	for _, t := range by.Revoke {
		if key, ok := next.members[t]; ok {
			next.gone[t] = key
		}
		delete(next.members, t)
	}
	for t, key := range by.Enrol {
		if known, ok := next.members[t]; ok && !sameKey(known, Key(key)) {
			return s, errTagTaken
		}
		if _, ok := next.gone[t]; ok {
			return s, errRevoked
		}
		next.members[t] = Key(key)
	}
	if len(next.members) > maxMembers || len(next.gone) > maxGone {
		return s, errManyMembers
	}
	return next, nil
}

// rewrite changes a mailbox's keys as they stand in the storage: another relay
// may have changed them.
func (s *Server) rewrite(w http.ResponseWriter, ctx context.Context, b *box, change func(*keyring) (*keyring, error)) error {
	known, revision, err := s.storage.readKeys(ctx, b.name)
	if err != nil {
		return err
	}
	if known == nil {
		return errNoSuchBox
	}
	b.learn(known, revision)
	next, err := change(known)
	if err != nil {
		return err
	}
	if next != known {
		if revision, err = s.storage.writeKeys(ctx, b.name, next, revision); err != nil {
			return err
		}
	}
	b.learn(next, revision)
	answer(w, http.StatusOK, struct{}{})
	return nil
}
