// Checks a log with the code of others: golang.org/x/mod/sumdb/note and tlog know nothing of ours.
//
// Usage: crosscheck KEY FOLDER OLD-CHECKPOINT PROOF REQUEST
//
// KEY is the log's key as note.NewVerifier takes it, FOLDER holds the log's files, OLD-CHECKPOINT is an earlier signed
// tree head, PROOF a C2SP tlog-proof, REQUEST what a witness that has seen the earlier tree head is asked. Prints what was checked; ends with status 1 at the first thing that is wrong.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8 // of a tile, in C2SP tlog-tiles

func main() {
	if len(os.Args) != 6 {
		fail("usage: crosscheck KEY FOLDER OLD-CHECKPOINT PROOF REQUEST")
	}
	verifier, err := note.NewVerifier(os.Args[1])
	check(err)
	verifiers, folder := note.VerifierList(verifier), os.Args[2]

	now := opened(read(filepath.Join(folder, "checkpoint")), verifiers)
	old := opened(read(os.Args[3]), verifiers)
	fmt.Printf("notes: %d and %d entries, signed by %s\n", old.N, now.N, verifier.Name())

	// TileHashReader authenticates every tile that it reads against the tree head.
	reader := tlog.TileHashReader(now, &tiles{folder})
	checkEntries(folder, now, reader)
	checkGrowth(old, now, reader)
	checkProof(read(os.Args[4]), verifiers)
	checkRequest(read(os.Args[5]), old, verifiers)
}

// checkEntries proves entries of the bundles against the tree head, one by one: all of a small log, some of a large one.
func checkEntries(folder string, now tlog.Tree, reader tlog.HashReader) {
	var number, proved int64
	step := 1 + now.N/2000
	for number < now.N {
		width := now.N - number
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: height, L: -1, N: number / 256, W: int(width)}
		data := read(filepath.Join(folder, path(tile)))
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			entry := data[2 : 2+length]
			if number%step == 0 {
				proof, err := tlog.ProveRecord(now.N, number, reader)
				check(err)
				check(tlog.CheckRecord(proof, now.N, now.Hash, number, tlog.RecordHash(entry)))
				proved++
			}
			data = data[2+length:]
			number++
		}
	}
	fmt.Printf("inclusion: %d of %d entries\n", proved, number)
}

// checkGrowth proves that the old tree is the beginning of the new one.
func checkGrowth(old, now tlog.Tree, reader tlog.HashReader) {
	proof, err := tlog.ProveTree(now.N, old.N, reader)
	check(err)
	check(tlog.CheckTree(proof, now.N, now.Hash, old.N, old.Hash))
	fmt.Printf("consistency: from %d to %d entries, %d hashes\n", old.N, now.N, len(proof))
}

// checkProof reads a C2SP tlog-proof, whose format is not Go's, and checks what is in it with Go's code.
func checkProof(data []byte, verifiers note.Verifiers) {
	head, signed, found := bytes.Cut(data, []byte("\n\n"))
	if !found {
		fail("the proof has no checkpoint")
	}
	lines := strings.Split(string(head), "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		fail("this is no tlog-proof")
	}
	entry := decoded(strings.TrimPrefix(lines[1], "extra "))
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	check(err)
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		proof = append(proof, hash(decoded(line)))
	}
	tree := opened(signed, verifiers)
	check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)))
	fmt.Printf("tlog-proof: entry %d of %d\n", index, tree.N)
}

// checkRequest reads what a witness is asked (C2SP tlog-witness), and checks its consistency path with Go's code.
func checkRequest(data []byte, old tlog.Tree, verifiers note.Verifiers) {
	head, signed, found := bytes.Cut(data, []byte("\n\n"))
	if !found {
		fail("the request has no checkpoint")
	}
	lines := strings.Split(string(head), "\n")
	if lines[0] != fmt.Sprintf("old %d", old.N) {
		fail("the request begins at another size")
	}
	var proof tlog.TreeProof
	for _, line := range lines[1:] {
		proof = append(proof, hash(decoded(line)))
	}
	tree := opened(signed, verifiers)
	check(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	fmt.Printf("add-checkpoint: from %d to %d entries, %d hashes\n", old.N, tree.N, len(proof))
}

// opened is the tree head in a signed note, after its signature was checked.
func opened(data []byte, verifiers note.Verifiers) tlog.Tree {
	opened, err := note.Open(data, verifiers)
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != opened.Sigs[0].Name {
		fail("this is no checkpoint of three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	return tlog.Tree{N: size, Hash: hash(decoded(lines[2]))}
}

// tiles reads tiles as C2SP names them: as Go does, but for the height, which is always the same.
type tiles struct{ folder string }

func (t *tiles) Height() int { return height }

func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		data, err := os.ReadFile(filepath.Join(t.folder, path(tile)))
		if err != nil && tile.W < 256 { // a partial tile gives way to the whole one
			whole := tile
			whole.W = 256
			data, err = os.ReadFile(filepath.Join(t.folder, path(whole)))
			if err == nil {
				data = data[:tile.W*tlog.HashSize]
			}
		}
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func path(tile tlog.Tile) string {
	name := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	return "tile/" + strings.Replace(name, "data/", "entries/", 1)
}

func hash(data []byte) (found tlog.Hash) {
	if len(data) != tlog.HashSize {
		fail("a hash has another length")
	}
	copy(found[:], data)
	return found
}

func decoded(text string) []byte {
	data, err := base64.StdEncoding.DecodeString(text)
	check(err)
	return data
}

func read(name string) []byte {
	data, err := os.ReadFile(name)
	check(err)
	return data
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(sentence string) {
	fmt.Fprintln(os.Stderr, sentence)
	os.Exit(1)
}
