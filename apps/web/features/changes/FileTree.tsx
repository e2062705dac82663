'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { FolderGit2, Square, SquareCheck } from 'lucide-react'
import { useRef } from 'react'
import { visible } from '../../ui/format/visible.ts'
import { Delta } from './Delta.tsx'
import { type ReviewControl, keyOf } from './review/storedReview.ts'
import type { ChangedFile } from './usePatches.ts'

type Row =
  | { readonly kind: 'repository' | 'folder'; readonly name: string }
  | { readonly kind: 'file'; readonly file: ChangedFile; readonly index: number }

interface FileTreeProps {
  readonly files: readonly ChangedFile[]
  readonly review: ReviewControl
  /** Index of the one that is read now. */
  readonly at: number
  readonly onOpen: (index: number) => void
}

/** The files by repository and folder. However many there are, only those in sight exist. */
export function FileTree({ files, review, at, onOpen }: FileTreeProps) {
  const scroller = useRef<HTMLElement>(null)
  const rows = rowsOf(files)
  const rowPx = useRowHeight()
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
  })
  return (
    <nav className="tree" aria-label="Files" ref={scroller} tabIndex={-1}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start, size }) => {
          const row = rows[index]
          return row === undefined ? null : (
            <div key={index} className="tree-row" style={{ top: start, height: size }}>
              {row.kind === 'file' ? (
                <FileLine {...row} isHere={row.index === at} isSeen={review.isSeen(keyOf(row.file))} onOpen={onOpen} />
              ) : (
                <span className={`tree-${row.kind}`}>
                  {row.kind === 'repository' ? <FolderGit2 className="i s" aria-hidden="true" /> : null}
                  {visible(row.name)}
                </span>
              )}
            </div>
          )
        })}
      </div>
    </nav>
  )
}

const DESK_ROW_PX = 30
const TOUCH_ROW_PX = 44

function useRowHeight(): number {
  return typeof window !== 'undefined' && window.matchMedia('(pointer: coarse), (max-width: 860px)').matches
    ? TOUCH_ROW_PX
    : DESK_ROW_PX
}

interface FileLineProps {
  readonly file: ChangedFile
  readonly index: number
  readonly isHere: boolean
  readonly isSeen: boolean
  readonly onOpen: (index: number) => void
}

function FileLine({ file, index, isHere, isSeen, onOpen }: FileLineProps) {
  const Icon = isSeen ? SquareCheck : Square
  const name = visible(file.path.slice(file.path.lastIndexOf('/') + 1))
  return (
    <button
      type="button"
      className="tree-file"
      title={visible(file.path)}
      aria-current={isHere ? 'true' : undefined}
      onClick={() => onOpen(index)}
    >
      <Icon className="i s" aria-hidden="true" />
      <span className={file.status === 'removed' ? 'gone' : undefined}>
        {name}
        <span className="vh">{isSeen ? ', seen' : ', not seen'}</span>
      </span>
      {file.isBinary ? <span className="three">binary</span> : <Delta {...file} />}
    </button>
  )
}

function rowsOf(files: readonly ChangedFile[]): readonly Row[] {
  const rows: Row[] = []
  const hasSeveral = new Set(files.map(({ repository }) => repository)).size > 1
  let [repository, folder] = ['', '']
  files.forEach((file, index) => {
    if (file.repository !== repository) {
      repository = file.repository
      folder = ''
      if (hasSeveral) rows.push({ kind: 'repository', name: repository })
    }
    const own = file.path.slice(0, file.path.lastIndexOf('/') + 1)
    if (own !== folder) {
      folder = own
      if (own !== '') rows.push({ kind: 'folder', name: own })
    }
    rows.push({ kind: 'file', file, index })
  })
  return rows
}
