'use client'

import type { ComponentProps } from 'react'
import { PageError } from '../../features/shell/PageError.tsx'

export default function InnerError(props: ComponentProps<typeof PageError>) {
  return (
    <div>
      <PageError {...props} />
    </div>
  )
}
