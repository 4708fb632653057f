import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { Late } from '../late.tsx';
import { latePart } from '../late-part.ts';
import { useLater } from '../later.ts';
import { focusNode } from './node-element.ts';
import type { MenuRequest } from './stage-menu.tsx';

const stageMenu = latePart('The menu', async () => (await import('./stage-menu.tsx')).StageMenu);

interface StageMenuDoor {
  readonly isOpen: boolean;
  readonly open: (request: MenuRequest) => void;
  /** The menu, where one is open. */
  readonly menu: ReactNode;
}

/** The context menu of the stage: loaded before it is asked for, so that it opens at once. */
export function useStageMenu(area: RefObject<HTMLDivElement | null>): StageMenuDoor {
  const isTime = useLater();
  const [request, setRequest] = useState<MenuRequest>();
  const open = useRef<MenuRequest>(undefined);
  useEffect(() => {
    open.current = request;
  }, [request]);
  const close = (): void => setRequest(undefined);
  const menu = (
    <Late part={stageMenu} isTime={isTime} isWanted={request !== undefined} onGiveUp={close}>
      {(StageMenu) =>
        request !== undefined && (
          <StageMenu
            key={`${request.at.x} ${request.at.y}`}
            request={request}
            onClose={close}
            onReturnFocus={() => {
              // Where a click on another place closed the one menu, it has opened the next, which holds the focus.
              const isLast = open.current === undefined;
              if (isLast && request.target?.type === 'node') focusNode(area.current, request.target.node);
            }}
          />
        )
      }
    </Late>
  );
  return { isOpen: request !== undefined, open: setRequest, menu };
}
