'use client'

import { ChevronDown } from 'lucide-react'
import { Button } from '../../ui/Button.tsx'
import { later } from '../../ui/later.tsx'
import { MenuFrame } from '../../ui/Menu.tsx'
import type { MoreWaysProps } from './MoreWays.tsx'

const MoreWays = later(() => import('./MoreWays.tsx').then((it) => it.MoreWays))

/** Run, and beside it the other ways to go on with what is written. */
export function SendButton(props: MoreWaysProps) {
  return (
    <div className="run">
      <span className="split">
        <Button tone="go" className="send" type="submit">
          Run <kbd>⌘↵</kbd>
        </Button>
        <MenuFrame
          fetch={MoreWays.fetch}
          trigger={(trigger) => (
            <button {...trigger} type="button" className="btn go split-more" aria-label="More ways to run">
              <ChevronDown className="i s" aria-hidden="true" />
            </button>
          )}
        >
          {(close) => <MoreWays {...props} close={close} />}
        </MenuFrame>
      </span>
    </div>
  )
}
