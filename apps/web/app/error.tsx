'use client'

import type { ComponentProps } from 'react'
import { PageError } from '../features/shell/PageError.tsx'

export default function OuterError(props: ComponentProps<typeof PageError>) {
  return (
    <main id="main" className="alone">
      <PageError {...props} />
    </main>
  )
}
