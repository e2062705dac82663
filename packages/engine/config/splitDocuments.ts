/**
 * The documents of a YAML stream, byte for byte: `joinDocuments(splitDocuments(text)) === text`. A separating line that
 * is plainly `---` belongs to no document; what else was written on it, and comments before a document, stay with it.
 */
export function splitDocuments(text: string): readonly string[] {
  const pieces = withoutEmpty(text.split(/^(?=---(?:\s|$))/m))
  return pieces.map((piece, index) => {
    const content = piece.slice(SEPARATOR.length)
    return index > 0 && piece.startsWith(SEPARATOR) && !startsWithMarker(content) ? content : piece
  })
}

/** One stream of several documents. A document without an end of line gets one when another follows. */
export function joinDocuments(documents: readonly string[]): string {
  return documents.reduce((stream, document) => {
    if (stream === '') return document
    const ended = stream.endsWith('\n') ? stream : `${stream}\n`
    return ended + (startsWithMarker(document) ? '' : SEPARATOR) + document
  }, '')
}

const SEPARATOR = '---\n'

function startsWithMarker(text: string): boolean {
  return /^---(?:\s|$)/.test(text)
}

/** A piece that holds only comments is no document: it goes with the next, and the last of all with the one before. */
function withoutEmpty(pieces: readonly string[]): readonly string[] {
  const full: string[] = []
  let waiting = ''
  for (const piece of pieces) {
    if (isEmpty(piece)) {
      waiting += piece
    } else {
      full.push(waiting + piece)
      waiting = ''
    }
  }
  if (waiting === '') return full
  const last = full.pop() ?? ''
  return [...full, last + waiting]
}

function isEmpty(piece: string): boolean {
  return /^(?:---)?(?:[^\S\n]*(?:#[^\n]*)?(?:\n|$))*$/.test(piece)
}
