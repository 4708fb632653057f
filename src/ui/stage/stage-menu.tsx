import { ContextMenu } from 'radix-ui';
import { clusterActions, linkActions, nodeActions } from '../actions/action-list.ts';
import { ActionMenu } from '../actions/action-menu.tsx';
import { useHand, usePlayground } from '../hooks.ts';
import type { Target } from './geometry.ts';

/** The actions of what was pointed at: of a node, of a link (a message stands for its link), or of the whole cluster. */
export function StageMenu({ target }: { readonly target: Target }) {
  const hand = useHand();
  const view = usePlayground((playground) => playground.view);
  if (target?.type === 'node') {
    return <ActionMenu title={target.node} groups={nodeActions(view, target.node)} onChoose={hand.act} />;
  }
  const message = target?.type === 'message' ? view.messages.get(target.messageId) : undefined;
  const link = target?.type === 'link' ? target.link : message;
  if (link !== undefined && view.nodes[link.from] !== undefined && view.nodes[link.to] !== undefined) {
    const title = `Link between ${link.from} and ${link.to}`;
    return <ActionMenu title={title} groups={linkActions(view, link)} onChoose={hand.act} />;
  }
  return (
    <>
      <ActionMenu title="All nodes" groups={[clusterActions(view)]} onChoose={hand.act} />
      <ContextMenu.Separator className="menu-separator" />
      <ContextMenu.Item className="menu-item" onSelect={() => hand.show('network')}>
        Network quality…
      </ContextMenu.Item>
      <ContextMenu.Item className="menu-item" onSelect={() => hand.show('disk')}>
        Disk speed…
      </ContextMenu.Item>
      <ContextMenu.Separator className="menu-separator" />
      <ContextMenu.Item className="menu-item" onSelect={() => hand.show('new-cluster')}>
        New cluster…
      </ContextMenu.Item>
    </>
  );
}
