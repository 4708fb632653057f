import { type RefObject, useLayoutEffect, useState } from 'react';

/** The inner size of an element, in CSS pixels, kept up to date; undefined until it is known. */
export function useSize(
  ref: RefObject<Element | null>,
): { readonly width: number; readonly height: number } | undefined {
  const [size, setSize] = useState<{ readonly width: number; readonly height: number }>();
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (width: number, height: number): void => {
      const next = { width: Math.round(width), height: Math.round(height) };
      setSize((now) => (now?.width === next.width && now.height === next.height ? now : next));
    };
    const { width, height } = element.getBoundingClientRect();
    measure(width, height);
    const observer = new ResizeObserver((entries) => {
      const box = entries.at(-1)?.contentRect;
      if (box !== undefined) measure(box.width, box.height);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
