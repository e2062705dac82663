'use client'

import { Square, SquareCheck } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { artifactUrl } from '../readArtifact.ts'
import type { ArtifactView } from '../useArtifacts.ts'

interface MarkdownPreviewProps {
  readonly text: string
  /** Where it lies among the others, whose names its links and pictures may use. */
  readonly name: string
  readonly artifacts: readonly ArtifactView[]
}

/**
 * Markdown that somebody else wrote: HTML in it is text, a picture comes from the artifacts or not at all, and a link
 * leads out of here without telling from where.
 */
export function MarkdownPreview({ text, name, artifacts }: MarkdownPreviewProps) {
  const find = (address: string | undefined): ArtifactView | undefined => artifactAt(address, name, artifacts)
  const components: Components = {
    a: ({ href, children }) => <Link href={href} to={find(href)} text={children} />,
    img: ({ src, alt }) => (
      <Picture
        src={typeof src === 'string' ? src : undefined}
        alt={alt}
        artifact={find(typeof src === 'string' ? src : undefined)}
      />
    ),
    input: ({ checked }) => <Tick isOn={checked === true} />,
    // A column without a name has no header to be read out.
    th: ({ children, style }) => (children === undefined ? <td /> : <th style={style}>{children}</th>),
    table: ({ children }) => (
      <div className="md-wide" tabIndex={0} role="region" aria-label="Table">
        <table className="values">{children}</table>
      </div>
    ),
    pre: ({ children }) => (
      <pre className="out" tabIndex={0}>
        {children}
      </pre>
    ),
    // The page has its own title and sections above.
    h1: heading('h3'),
    h2: heading('h4'),
    h3: heading('h5'),
    h4: heading('h6'),
    h5: heading('h6'),
  }
  return (
    <div className="md">
      <Markdown remarkPlugins={[remarkGfm]} components={components}>
        {text}
      </Markdown>
    </div>
  )
}

function heading(Tag: 'h3' | 'h4' | 'h5' | 'h6') {
  return function Heading({ children }: ComponentProps<'h1'>) {
    return <Tag>{children}</Tag>
  }
}

function Link({ href, to, text }: { href: string | undefined; to: ArtifactView | undefined; text: ReactNode }) {
  if (to !== undefined) return <a href={`?tab=artifacts&artifact=${to.id}`}>{text}</a>
  // What is no address of the web is shown and leads nowhere.
  if (href === undefined || !/^(https?:|mailto:)/i.test(href)) return <span title={href}>{text}</span>
  return (
    <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
      {text}
    </a>
  )
}

function Picture({
  src,
  alt,
  artifact,
}: {
  src: string | undefined
  alt: string | undefined
  artifact: ArtifactView | undefined
}) {
  if (artifact !== undefined) return <img src={artifactUrl(artifact)} alt={alt ?? ''} loading="lazy" />
  return (
    <span className="small three" title={src}>
      [picture{alt === undefined || alt === '' ? '' : `: ${alt}`}; it is not among the artifacts, so it is not loaded]
    </span>
  )
}

function Tick({ isOn }: { isOn: boolean }) {
  const Icon = isOn ? SquareCheck : Square
  return <Icon className="i s" role="img" aria-label={isOn ? 'done' : 'open'} />
}

/** `shots/one.png`, `./one.png` and `../one.png` mean what they mean in a folder. */
function artifactAt(
  address: string | undefined,
  from: string,
  artifacts: readonly ArtifactView[],
): ArtifactView | undefined {
  if (address === undefined || address === '' || /^([a-z][a-z0-9+.-]*:|\/|#)/i.test(address)) return undefined
  const base = new URL(`http://artifacts.invalid/${from.split('/').map(encodeURIComponent).join('/')}`)
  if (!URL.canParse(address, base)) return undefined
  const path = new URL(address, base).pathname.slice(1)
  return artifacts.find(({ name }) => name === decoded(path))
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    // A stray percent sign: then it is a part of the name.
    if (error instanceof URIError) return path
    throw error
  }
}
