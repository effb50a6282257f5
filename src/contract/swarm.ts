/** What Docker answers, word for word, to whoever asks an engine without a swarm for what only a manager has. */
export const notManager =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';
