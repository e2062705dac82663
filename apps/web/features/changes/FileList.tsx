'use client'

import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { ChevronDown, Files } from 'lucide-react'
import { useCallback, useLayoutEffect, useRef, useState } from 'react'
import { count } from '../../ui/format/amount.ts'
import { useKeys } from '../shell/keys.ts'
import { FileDiff, READ_AT_ONCE } from './FileDiff.tsx'
import { FileTree } from './FileTree.tsx'
import { keyOf, type ReviewControl } from './review/storedReview.ts'
import type { DiffLook } from './useDiffLook.ts'
import { useIsNarrow } from './useIsNarrow.ts'
import type { ChangedFile } from './usePatches.ts'

interface FileListProps {
  readonly files: readonly ChangedFile[]
  readonly look: DiffLook
  readonly review: ReviewControl
}

const HEAD_PX = 45
const LINE_PX = 21
/** Below the top bar of phones. */
const TOP_BAR_PX = 52

/** All files below one another, beside their tree. Only those near the window exist, so five thousand are as quick as five. */
export function FileList({ files, look, review }: FileListProps) {
  const list = useRef<HTMLDivElement>(null)
  const isNarrow = useIsNarrow()
  const top = isNarrow ? TOP_BAR_PX : 0
  const margin = useOffset(list)
  // Another function would mean other keys, and the places of all files would be computed anew with each frame.
  const getItemKey = useCallback(
    (index: number) => keyOf(files[index] ?? { repository: '', path: String(index) }),
    [files],
  )
  const virtual = useWindowVirtualizer({
    count: files.length,
    estimateSize: (index) => heightOf(files[index], review),
    getItemKey,
    overscan: 2,
    scrollMargin: margin,
    scrollPaddingStart: top,
  })
  const items = virtual.getVirtualItems()
  const line = (virtual.scrollOffset ?? 0) + top + HEAD_PX
  const at = items.find(({ end }) => end > line)?.index ?? items.at(-1)?.index ?? 0
  const open = (index: number) => virtual.scrollToIndex(index, { align: 'start' })
  useKeys({
    v: () => {
      const file = files[at]
      if (file === undefined) return
      const isSeen = review.isSeen(keyOf(file))
      review.setSeen(keyOf(file), !isSeen)
      if (!isSeen) open(Math.min(at + 1, files.length - 1))
    },
  })
  const severalRepositories = files.some(({ repository }) => repository !== files[0]?.repository)
  const tree = <FileTree files={files} review={review} at={at} onOpen={open} />
  return (
    <div className="panel diffwrap">
      {isNarrow ? <PhoneTree files={files} review={review} at={at} onOpen={open} /> : tree}
      <div ref={list} className="file-list" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const file = files[index]
          return file === undefined ? null : (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className="file-slot"
              style={{ top: start - margin }}
            >
              <FileDiff file={file} look={look} review={review} namesRepository={severalRepositories} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

type PhoneTreeProps = Omit<FileListProps, 'look'> & { readonly at: number; readonly onOpen: (index: number) => void }

/** On phones one line that says where one is, and opens. */
function PhoneTree({ files, review, at, onOpen }: PhoneTreeProps) {
  const [isOpen, setIsOpen] = useState(false)
  const seen = files.filter((file) => review.isSeen(keyOf(file))).length
  return (
    <details className="fold" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <Files className="i" aria-hidden="true" />
        <span>
          <b>
            File {count(at + 1)} of {count(files.length)}
          </b>
          , {count(seen)} seen
        </span>
        <ChevronDown className="i" aria-hidden="true" />
      </summary>
      {isOpen ? (
        <FileTree
          files={files}
          review={review}
          at={at}
          onOpen={(index) => {
            setIsOpen(false)
            onOpen(index)
          }}
        />
      ) : null}
    </details>
  )
}

function heightOf(file: ChangedFile | undefined, review: ReviewControl): number {
  if (file === undefined || review.isSeen(keyOf(file))) return HEAD_PX
  const lines = Math.min(READ_AT_ONCE, file.added + file.removed + CONTEXT_LINES)
  return HEAD_PX + (file.body === '' ? 2 : lines) * LINE_PX
}

const CONTEXT_LINES = 8

/** How far down the page the list begins; it moves when something above it opens. */
function useOffset(element: React.RefObject<HTMLElement | null>): number {
  const [offset, setOffset] = useState(0)
  // The external system is the page's layout.
  useLayoutEffect(() => {
    const measure = () => {
      const box = element.current?.getBoundingClientRect()
      if (box !== undefined) setOffset(Math.round(box.top + window.scrollY))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [element])
  return offset
}
