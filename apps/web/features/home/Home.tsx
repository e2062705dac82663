'use client'

import { useState } from 'react'
import { Composer } from '../composer/Composer.tsx'
import { type NotSent, useFire } from '../composer/useFire.ts'
import { Runs } from '../runs/Runs.tsx'

/** Send a task off; see what needs you, what came back, and what goes on. */
export function Home() {
  const [notSent, setNotSent] = useState<NotSent | null>(null)
  const { fire, outgoing } = useFire({ onNotSent: setNotSent })
  return (
    <>
      <h1 className="vh">Runs</h1>
      <Composer
        notSent={notSent}
        onNotSentDone={() => setNotSent(null)}
        onFire={(task, attempts) => {
          setNotSent(null)
          fire(task, attempts)
        }}
      />
      <Runs outgoing={outgoing} />
    </>
  )
}
