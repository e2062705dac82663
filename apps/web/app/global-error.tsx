'use client'

import './globals.css'

/** When not even the frame of the pages could be made. It comes with every page, so it has nothing but words and two links. */
export default function WholeError() {
  return (
    <html lang="en">
      <body>
        <main id="main" className="door">
          <h1>This page could not be shown</h1>
          <p className="lead">Your runs go on; nothing of them depends on this page.</p>
          <div className="acts nothing">
            <a className="btn go" href="">
              Try again
            </a>
            <a className="btn" href="/">
              To the runs
            </a>
          </div>
        </main>
      </body>
    </html>
  )
}
