import type { ControlAnswer, NoteTime } from '@errand/contracts'

export interface Note {
  readonly id: string
  readonly text: string
  readonly when: NoteTime
}

/** Whoever hands notes to the agent. */
export interface NoteReader {
  give(note: Note): void
  takeBack(id: string): void
}

/** Notes of persons to the agent, kept until there is one to read them. */
export class Notes {
  readonly #known = new Set<string>()
  readonly #waiting = new Map<string, Note>()
  #reader: NoteReader | null = null

  /** May be told the same again. */
  hear({ notes = [], removedNotes = [] }: ControlAnswer): void {
    const removed = new Set(removedNotes)
    for (const note of notes) {
      if (this.#known.has(note.id)) continue
      this.#known.add(note.id)
      if (removed.has(note.id)) continue
      if (this.#reader === null) this.#waiting.set(note.id, note)
      else this.#reader.give(note)
    }
    for (const id of removed) if (!this.#waiting.delete(id)) this.#reader?.takeBack(id)
  }

  /** Gives what waits, and from now on what comes; null when the agent reads no more. */
  connect(reader: NoteReader | null): void {
    this.#reader = reader
    if (reader === null) return
    for (const note of this.#waiting.values()) reader.give(note)
    this.#waiting.clear()
  }
}
