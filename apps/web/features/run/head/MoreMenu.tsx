'use client'

import { isTerminal } from '@errand/domain'
import { Columns2, CopyPlus, Download, Ellipsis, RotateCcw, Share2, Terminal } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { Button } from '../../../ui/Button.tsx'
import { Menu } from '../../../ui/Menu.tsx'
import { commandOf } from '../commandOf.ts'
import { duplicateHref } from '../duplicateHref.ts'
import { useDownloadEvents } from '../tabs/useDownloadEvents.ts'
import type { RunView } from '../types.ts'
import { useRetry } from './RetryButton.tsx'
import { useCopy } from './ShareButton.tsx'

export function MoreMenu({ run, bare = false }: { run: RunView; bare?: boolean }) {
  const router = useRouter()
  const copy = useCopy()
  const retry = useRetry(run.id)
  const download = useDownloadEvents(run)
  const { batchId } = run
  const isOver = isTerminal(run.state.status)
  return (
    <Menu
      name="More about this run"
      items={[
        {
          label: 'Retry',
          icon: RotateCcw,
          onSelect: retry.now,
          mark: 'r',
          off: isOver ? undefined : 'It still goes on. Stop it first, or duplicate it.',
        },
        { label: 'Duplicate', icon: CopyPlus, onSelect: () => router.push(duplicateHref(run)) },
        ...(batchId === null
          ? []
          : [{ label: 'Compare the attempts', icon: Columns2, onSelect: () => router.push(`/batches/${batchId}`) }]),
        { label: 'Copy the link', icon: Share2, onSelect: () => copy(window.location.href, 'the link') },
        { label: 'Copy as command', icon: Terminal, onSelect: () => copy(commandOf(run), 'the command') },
        { label: 'Download the events', icon: Download, onSelect: download.now, starts: true },
      ]}
      trigger={(props) => (
        <Button {...props} square icon={Ellipsis} {...(bare ? { tone: 'bare' } : {})}>
          More: retry, duplicate, copy as command
        </Button>
      )}
    />
  )
}
