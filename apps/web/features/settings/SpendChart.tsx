'use client'

import { useEffect, useEffectEvent, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { money } from '../../ui/format/amount.ts'
import type { SpendDay } from './Spend.tsx'

const HEIGHT = 160

/** Bars by day; drawn again in the colours of the theme and to the width there is. Loaded when it is looked at. */
export function SpendChart({ days }: { days: readonly SpendDay[] }) {
  const place = useRef<HTMLDivElement>(null)
  const draw = useEffectEvent((into: HTMLDivElement): uPlot => {
    into.replaceChildren()
    // Noon, so that no zone moves a day to its neighbour.
    const at = days.map(({ day }) => Date.parse(`${day}T12:00:00Z`) / 1_000)
    return new uPlot(optionsFor(into), [at, days.map(({ costUsd }) => costUsd)], into)
  })
  // The external system is a canvas: it knows neither our data, nor widths, nor themes.
  useEffect(() => {
    const into = place.current
    if (into === null) return undefined
    let chart = draw(into)
    const again = () => {
      chart.destroy()
      chart = draw(into)
    }
    const width = new ResizeObserver(() => {
      if (into.clientWidth !== chart.width) chart.setSize({ width: into.clientWidth, height: HEIGHT })
    })
    const theme = new MutationObserver(again)
    const scheme = window.matchMedia('(prefers-color-scheme: dark)')
    width.observe(into)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    scheme.addEventListener('change', again)
    return () => {
      width.disconnect()
      theme.disconnect()
      scheme.removeEventListener('change', again)
      chart.destroy()
    }
  }, [days])
  return <div ref={place} />
}

function optionsFor(into: HTMLElement): uPlot.Options {
  const css = getComputedStyle(into)
  const colour = (name: string) => css.getPropertyValue(name).trim()
  const axis: uPlot.Axis = {
    stroke: colour('--ink-3'),
    font: `12px ${css.fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  const bars = uPlot.paths.bars?.({ size: [0.7, 24] })
  return {
    width: into.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'UTC'),
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_chart, _min, max) => [0, max === 0 ? 1 : max * 1.1] } },
    axes: [
      { ...axis, grid: { show: false }, values: (_chart, all) => all.map(dayWords), space: 64 },
      { ...axis, values: (_chart, all) => all.map(money), size: 64 },
    ],
    series: [
      {},
      {
        fill: colour('--ink-3'),
        width: 0,
        points: { show: false },
        ...(bars === undefined ? {} : { paths: bars }),
      },
    ],
  }
}

function dayWords(seconds: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(seconds * 1_000)
}
