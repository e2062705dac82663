import '@fontsource-variable/atkinson-hyperlegible-next/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import type { Metadata, Viewport } from 'next'
import { cookies, headers } from 'next/headers'
import type { ReactNode } from 'react'
import { DataProvider } from '../trpc/client.tsx'
import { ReaderProvider } from '../ui/reader.tsx'
import { Toasts } from '../ui/Toasts.tsx'
import { EARLY_PRESSES } from './earlyPresses.ts'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Errand', template: '%s · Errand' },
  description: 'Fire off a task, come back to checked artifacts.',
  icons: { icon: '/mark.svg' },
}

// Zoom is never locked.
export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f0f4f3' },
    { media: '(prefers-color-scheme: dark)', color: '#0e1615' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Read so that every page is made per request: a nonce in a page that was made at build time would be everybody's.
  const asked = await headers()
  const theme = asked.get('x-errand-theme') ?? undefined
  const nonce = asked.get('x-errand-nonce') ?? undefined
  const zone = (await cookies()).get('errand-zone')?.value ?? null
  return (
    <html lang="en" data-theme={theme}>
      <head>
        {/* Browsers hide a nonce from scripts, so what React finds differs from what it sent. */}
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: EARLY_PRESSES }} />
      </head>
      <body>
        <a className="skip" href="#main">
          Skip to content
        </a>
        <ReaderProvider now={Date.now()} zone={zone === null ? null : decodeURIComponent(zone)}>
          <DataProvider>
            <Toasts>{children}</Toasts>
          </DataProvider>
        </ReaderProvider>
      </body>
    </html>
  )
}
