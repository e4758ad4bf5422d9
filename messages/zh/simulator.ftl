### 模拟器的消息。

## 设置

setting_mapping = 设置应为键值对；收到 { $received }。
setting_unknown = 设置应为 { LIST($known, "unit-narrow") } 之一；收到 { $received }。
setting_list = { $field } 应为列表；收到 { $received }。
setting_empty = { $field } 至少需要一个值。
setting_repeated = { $field } 的值不得重复；{ $received } 出现了两次。
setting_whole = { $field } 应为整数；收到 { $received }。
setting_number = { $field } 应为数字；收到 { $received }。
setting_at_least = { $field } 应 ≥ { $bound }；收到 { $received }。
setting_at_most = { $field } 应 ≤ { $bound }；收到 { $received }。
setting_between = { $field } 应为 { $least } 至 { $most }；收到 { $received }。
setting_above = { $field } 应大于 { $above } 且不超过 { $most }；收到 { $received }。
setting_one_of = { $field } 应为 { LIST($known, "or") }；收到 { $received }。
setting_rising = { $field } 的价格应递增；{ FORMAT($below, "g") } 之后是 { FORMAT($price, "g") }。
setting_tier_weights = { $tiers } 个档位应各有一个权重；收到 { $weights } 个。
setting_no_weight = 至少一个权重应大于 0；全部为 0。
study_configurations = 配置（k_values × whale_shares）最多 { $most } 种；收到 { $received } 种。
study_rows = 行数（k_values × whale_shares × simulations）最多 { $most }；收到 { $received }。
run_mapping = 每一行应为键值对；收到 { $received }。
run_without_column = 每一行应有一次重放的全部列；缺少 { $column }。
run_unknown_column = 每一行应只有一次重放的列；{ $column } 不在其中。

## 策略

policy_greedy = 贪心
policy_greedy_description = 每位用户去期望价值最高的主播，没有任何上限。
policy_tiered = tiered
policy_tiered_description = 先分配鲸鱼，每位主播最多 k 位；再把其他用户放入剩余容量。
policy_capacity_greedy = capacity-greedy
policy_capacity_greedy_description = 每位用户去仍有容量的最佳主播，不分层。
policy_joint = joint
policy_joint_description = 两层同时分配，在上限与容量之内使总期望价值最大。
policy_exposure = exposure
policy_exposure_description = 与 tiered 相同，另外轮流保证主播的最少用户数。
policy_random = random
policy_random_description = 每位用户随机去任一仍有容量的主播，机会均等。
policy_round_robin = round-robin
policy_round_robin_description = 用户轮流分给各位主播。
policy_shadow_price = shadow-price
policy_shadow_price_description = 在线分配：每位用户去期望价值减去上一轮影子价格后最高的主播。
policy_spend_cap = spend-cap
policy_spend_cap_description = 先分配鲸鱼，每位主播的鲸鱼期望价值合计不超过给定值；再分配其他用户。
