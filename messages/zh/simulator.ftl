### 模拟器的消息。

## 设置

setting_mapping = 设置应为键值对；收到 { $received }。
setting_mapping_in = { $field } 应为设置的键值对；收到 { $received }。
setting_unknown = 设置应为 { LIST($known, "unit") } 之一；收到 { $received }。
setting_list = { $field } 应为列表；收到 { $received }。
setting_empty = { $field } 至少需要一个值。
setting_too_many = { $field } 最多 { $most } 个值；收到 { $received } 个。
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

## 校准

gift_numbers_expected = 数字（{ $column }）

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
policy_fair_horizon = fair-horizon
policy_fair_horizon_description = 用户逐一分配，富者在先，去期望价值乘以权重再减去价格后最高的主播；权重与价格来自对其余各轮用户的公平分配，每隔几轮重新求解。
policy_fair_online = fair-online
policy_fair_online_description = 用户逐一分配，富者在先，去期望价值乘以权重后最高的主播；主播至今分到的越少，权重越大。
policy_random = random
policy_random_description = 每位用户随机去任一仍有容量的主播，机会均等。
policy_round_robin = round-robin
policy_round_robin_description = 用户轮流分给各位主播。
policy_shadow_price = shadow-price
policy_shadow_price_description = 在线分配：每位用户去期望价值减去上一轮影子价格后最高的主播。
policy_spend_cap = spend-cap
policy_spend_cap_description = 先分配鲸鱼，每位主播的鲸鱼期望价值合计不超过给定值；再分配其他用户。

## 名称

stored_text = { $text }
sentences = { JOIN($parts, "") }
point_parts = { JOIN($parts, "，") }
point_k = k = { $value }
point_whale_share = 前 { FORMAT($percent, "g") } %
point_capacity_scale = 容量 × { FORMAT($value, "g") }
point_users_per_round = 每轮 { $value } 位用户
point_spend_cap = 消费上限 { FORMAT($value, ",.10g") }
point_alpha = α = { FORMAT($value, "g") }
point_theta = θ = { FORMAT($value, "g") }
point_within_spend = 消费上限 { FORMAT($spend_cap, "g") } 的 { $policy }
point_of_alpha = α = { FORMAT($alpha, "g") } 的 { $policy }
point_of_theta = θ = { FORMAT($theta, "g") } 的 { $policy }
algorithm_min_cost_flow = min-cost-flow
algorithm_greedy_edges = greedy-edges
algorithm_greedy_swaps = greedy-swaps
setting_name_k = k
setting_name_whale_share = 鲸鱼占比
setting_name_capacity_scale = 容量
setting_name_algorithm = 算法
setting_name_policy = 策略
setting_name_users_per_round = 每轮用户数
setting_name_spend_cap = 消费上限
setting_name_alpha = α
setting_name_theta = θ
no_setting = 无{ $setting }
metric_revenue_pct = 收入
metric_streamer_gini = 主播基尼系数
metric_overcrowded_share = 拥挤占比
metric_expected_revenue_pct = 期望收入
metric_expected_streamer_gini = 其基尼系数

## 标准与结论

criterion_overcrowding = 拥挤（{ $code }）
criterion_concentration = 集中度（{ $code }）
criterion_revenue = 收入（{ $code }）
verdict_is_pass = 通过
verdict_is_fail = 不通过
verdict_is_inconclusive = 尚无定论
verdict_is_no_effect = 此上限从未起作用
verdict_is_worth_it = 值得
verdict_is_not_worth_it = 不值得
verdict_is_undecided = 尚未定论
verdict_is_depends = 视情况而定
headline = 按 95 % 区间的结论：{ $verdict }{ $configurations ->
        [1] { "" }
       *[other] （{ $configurations } 种配置中有 { $count } 种）
    }{ $idle ->
        [0] { "" }
       *[other] ；其中 { $idle } 种的上限从未起作用
    }{ $doubtful ->
        [true] ；经 Holm 校正后，没有一种的基尼系数下降仍然显著
       *[false] { "" }
    }。
headline_no_effect = 结论：{ $configurations ->
        [1] 此上限从未起作用
       *[other] 在全部 { $configurations } 种配置中，上限从未起作用
    }。
study_without_effect = 上限从未起作用：没有鲸鱼因它而失去首选，与基线的任何差异都不是它造成的。
study_of_one_pass = 唯一的配置满足全部三项标准。
study_of_one_fail = 唯一的配置至少有一项标准不满足。
study_of_one_inconclusive = 模拟无法定论：唯一的配置至少在一项标准上可能落在门槛的任何一侧。
study_of_several = { $configurations } 种配置中{ $passing ->
        [0] 没有一种满足
       *[other] 有 { $passing } 种满足
    }全部三项标准{ $inconclusive ->
        [0] { "" }
       *[other] ；有 { $inconclusive } 种，模拟无法定论
    }{ $idle ->
        [0] { "" }
       *[other] ；有 { $idle } 种的上限从未起作用
    }。
study_doubtful = 但按比较次数校正（Holm）后，没有一种的基尼系数下降仍然显著：这可能只是偶然。

## 答案

answer_worth_it = 值得：{ $who }，{ $sway ->
       *[other] 如果愿意以期望收入的 { PLAIN($percent_size, 2) } %（{ $amount }）换取集中度（期望收入的基尼系数）降低 { PLAIN($gini_size, 2) }{ $exact ->
            [true] { "" }
           *[false] （{ PLAIN($low, 2, "+") } 至 { PLAIN($high, 2, "+") }）
        }
        [gain_gain] 它使集中度（期望收入的基尼系数）降低 { PLAIN($gini_size, 2) }，并使期望收入提高 { PLAIN($percent_size, 2) } %（{ $amount }）
        [gain_negligible] 它使期望收入提高 { PLAIN($percent_size, 2) } %（{ $amount }），而集中度基本不变（期望收入的基尼系数 { PLAIN($gini, 2, "+") }）
        [negligible_gain] 它使集中度（期望收入的基尼系数）降低 { PLAIN($gini_size, 2) }，而期望收入的变化小到无关紧要（{ PLAIN($percent, 2, "+") } %，{ $amount }）
    }，与{ $against }相比{ $exact ->
        [true] ；数值为精确值。
       *[false] ；校正后 p = { FORMAT($p, ".2g") }，共 { $simulations } 次模拟。
    }
answer_not_worth_it = 不值得：{ $sway ->
       *[other] { $who } 没有帮助：
        [negligible_negligible] 上限的最大作用（{ $who }）小到无关紧要：
        [negligible_fairness] 权重的最大作用（{ $who }）小到无关紧要：
        [negligible_total] 策略的最大作用（{ $who }）小到无关紧要：
        [loss_negligible] { $who } 损失收入而不降低集中度：
        [loss_loss] { $who } 损失收入并提高集中度：
        [negligible_loss] { $who } 提高集中度，而收入几乎不变：
        [loss_gain] { $who } 降低集中度，但收入损失超过已发表研究所允许的 5 %：
        [gain_loss] { $who } 增加收入但提高集中度：
    }期望收入 { PLAIN($percent, 2, "+") } %（{ $amount }），期望收入的基尼系数 { PLAIN($gini, 2, "+") }，与{ $against }相比{ $exact ->
        [true] ；数值为精确值。
       *[false] ，共 { $simulations } 次模拟。
    }
answer_undecided = { $simulations } 次模拟后尚无定论：{ $who } 使期望收入的基尼系数变化 { $gini_change }，期望收入变化 { $revenue_change }，与{ $against }相比{ $needed ->
        [0] 。
       *[other] ；约需 { $needed } 次模拟才能判断。
    }
answer_no_effect = 不值得：{ $simulations ->
        [0] { "" }
       *[other] 在 { $simulations } 次模拟中，
    }{ $several ->
        [true] 没有一个上限起过作用
       *[false] { $who } 从未起作用
    }{ $reason ->
        [capacity] ；仅凭容量就已把鲸鱼同样分散。
        [no_whales] ；任何一轮中都没有鲸鱼。
        [no_value] ；没有鲸鱼能给任何主播带来收入。
        [few_wanted] ；即使最受欢迎的主播也只是 { $wanted } 位鲸鱼的首选。
       *[unknown] 。
    }{ $simulations ->
        [0] { "" }
       *[other] 若它在至多 { PLAIN($most, 2) } % 的模拟中起作用，仍可能未被观察到（95 % 置信度）。
    }
answer_no_change = 不值得：与{ $against }相比，{ $several ->
        [true] 没有一条规则改变任何数值
       *[false] { $who } 不改变任何数值
    }。
stopped_after = { $undecided ->
        [0] { $early ->
            [true] 最多 { $most } 次模拟，第 { $simulations } 次后已有定论，扫描随即停止
           *[false] 已有定论，但直到最后一次（第 { $simulations } 次）模拟才得出
        }
       *[other] { $simulations } 次模拟全部完成，仍无定论：{ $configurations ->
            [one] 该配置尚未判定
           *[other] { $configurations } 种配置中有 { $undecided } 个尚未判定
        }
    }。判定所依据的区间和 p 值无论查看多少次都有效（置信序列，全部区间合计 95 %）。
amount_a_round = 每轮 { PLAIN($amount, 3) }
amount_in_all = 共 { PLAIN($amount, 3) }
answer_in_setting = ［{ $setting }］{ $answer }
answers = { JOIN($answers, "") }
answers_counted = 在 { $settings } 种容量与每轮用户数的设置中：{ JOIN($counts, "；") }。
settings_worth_it = { $count } 种值得设上限
settings_not_worth_it = { $count } 种不值得设上限
settings_no_effect = { $count } 种中上限不起作用
settings_undecided = { $count } 种尚无定论
against_same_rule = 无上限的同一规则
against_same_weights = 权重相等的同一规则
against_greedy = 无容量限制的贪心策略
effects_chain = 与无容量限制的贪心策略相比，逐步到 { $who }：{ JOIN($steps, "；") }。
effect_capacity = 遵守容量使期望收入变化 { PLAIN($percent, 2, "+") } %，其基尼系数变化 { PLAIN($gini, 2, "+") }
effect_priority = 鲸鱼优先分别为 { PLAIN($percent, 2, "+") } % 与 { PLAIN($gini, 2, "+") }
effect_cap = 上限分别为 { PLAIN($percent, 2, "+") } % 与 { PLAIN($gini, 2, "+") }
effect_fairness = 公平权重分别为 { PLAIN($percent, 2, "+") } % 与 { PLAIN($gini, 2, "+") }
effect_total = 合计 { PLAIN($percent, 2, "+") } % 与 { PLAIN($gini, 2, "+") }
luck_alone = 实际集中度出于运气：贪心策略收入的基尼系数为 { FORMAT($realised, ".3f") }，若同样的礼物随机落在主播身上则为 { FORMAT($chance, ".3f") }。策略能改变的是期望收入的集中度，即 { FORMAT($expected, ".3f") }。
luck_exceeded = 实际集中度中有 { PLAIN($percent, 2) } % 超出运气：贪心策略收入的基尼系数为 { FORMAT($realised, ".3f") }，若同样的礼物随机落在主播身上则为 { FORMAT($chance, ".3f") }。不含运气的期望收入的基尼系数为 { FORMAT($expected, ".3f") }。
luck_undercut = 实际集中度比纯粹的运气低 { PLAIN($percent, 2) } %：贪心策略收入的基尼系数为 { FORMAT($realised, ".3f") }，若同样的礼物随机落在主播身上则为 { FORMAT($chance, ".3f") }。不含运气的期望收入的基尼系数为 { FORMAT($expected, ".3f") }。
luck_hides = { $simulations } 次 { $rounds } 轮的模拟不足以用实际基尼系数以 80 % 的功效区分 { $who } 与贪心策略{ $needed ->
        [0] { "" }
       *[other] ，约需 { $needed } 次
    }。
luck_ends = 用实际基尼系数，{ $simulations } 次模拟从 { $rounds } 轮起能以 80 % 的功效区分 { $who } 与贪心策略{ $before ->
        [0] { "" }
       *[other] ，在 { $before } 轮时尚不能
    }。
published_conclusion = 按 95 % 区间判断已发表研究的标准（与无容量限制的贪心策略相比）：{ $conclusion }
best_by_concentration = 在值得采用的配置中期望收入集中度最低
best_by_expected_revenue = 期望收入最高

## 发现

finding_of_group = ［{ $group }］{ $finding }
any_k = k
finding_no_effect = { $who }：没有影响；每个种子的期望指标都与{ $against }相同。
finding_effect = { $who } 使期望收入变化 { $revenue }，其基尼系数变化 { $gini }，与{ $against }相比：{ $verdict }。
effect_unknown = 未知
estimate_of_effect = { PLAIN($value, 2, "+") }{ $percent ->
        [true] { " %" }
       *[false] { "" }
    }{ $interval ->
        [true] （{ PLAIN($low, 2, "+") } 至 { PLAIN($high, 2, "+") }{ $tested ->
            [true] ，校正后 p = { FORMAT($p, ".2g") }
           *[false] { "" }
        }）
       *[false] { "" }
    }
effects_needed = 要看出这些影响不为 0（双侧检验，显著性水平 { FORMAT($level, "g") } %，功效 { FORMAT($power, "g") } %；本次实验有 { $simulations } 次模拟），所需次数：{ JOIN($needs, "；") }。
needed_for = { $who } 下，{ JOIN($counts, "，") }
needed_for_metric = { $metric }需 { $count } 次
effects_tests = 经 Holm 校正后显著（p ≤ { FORMAT($level, "g") }）的影响（每个上限与没有上限的同一规则比较）：{ JOIN($counts, "，") }。
effects_tests_of_weights = 经 Holm 校正后显著（p ≤ { FORMAT($level, "g") }）的影响（权重与权重相等的同一规则比较）：{ JOIN($counts, "，") }。
effects_tests_of_policies = 经 Holm 校正后显著（p ≤ { FORMAT($level, "g") }）的影响（每种策略与贪心比较）：{ JOIN($counts, "，") }。
cap_binds = k = { $k } 在 { $rounds } 轮中的 { $binding_rounds } 轮起作用：最多有 { $wanted } 位鲸鱼想去同一位主播，平均每轮有 { FORMAT($whales, ".3g") } 位鲸鱼。
cap_never_binds = { $who } { $all ->
        [true] 从不起作用
       *[false] { $several ->
            [true] 都从不起作用
           *[false] 从不起作用
        }
    }：{ $several ->
        [true] 对每个 k，
       *[false] { "" }
    }在全部 { $rounds } 轮里，想去同一位主播的鲸鱼最多只有 { $wanted } 位。
same_figures = { $who } 在每个种子下的各项数据都相同。
same_algorithms = { $algorithms } 在每个种子、每种配置下的各项数据都相同。
published_by_means = 按已发表的标准（均值，与不限容量的贪心比较）：{ JOIN($parts, "；") }。
published_met = { $who } 满足全部三项
published_idle = { $who } 的上限从未起作用
published_missed = { $who }：{ JOIN($criteria, "，") }
missed_overcrowding = 不满足{ $criterion }（拥挤占比 { FORMAT($value, ".3g") } %）
missed_concentration = 不满足{ $criterion }（主播基尼系数变化 { FORMAT($value, "+.2g") }）
missed_revenue = 不满足{ $criterion }（收入变化 { FORMAT($value, "+.3g") } %）
revenue_without_baseline = { $who }：基线没有收入，无从比较。
all_criteria_met = { $who }：按均值，三项标准全部满足。
cap_without_effect = { $who }：此上限从未起作用，不作判定。
few_simulations = { $simulations } 次模拟太少：自助法区间的宽度约为学生 t 区间的 { FORMAT($width, ".2g") } 倍，据此得出的结论不如看上去那样确定。
no_test_possible = 只有 { $simulations } 次模拟时，任何检验都不可能得到 p ≤ { FORMAT($level, "g") }：最小也只能是 { FORMAT($least_p, ".3g") }。至少需要 { $needed } 次。
tests_counts = 经 Holm 校正后仍显著（p ≤ { FORMAT($level, "g") }）的相对基线的变化（符号翻转检验，按种子配对）：{ JOIN($counts, "，") }。
tests_count = { $metric }在 { $tested } 种配置中有 { $stand } 种
tests_none = 经 Holm 校正后仍显著（p ≤ { FORMAT($level, "g") }）的相对基线的变化（符号翻转检验，按种子配对）：均未检验。
tests_impossible = { $configurations } 种配置都不可能显著：{ $simulations } 次模拟能得到的最小 p 值为 { FORMAT($least_p, ".2g") }。
verdict_counts = 按已发表标准的 95 % 区间，{ $configurations } 种配置中有 { $passing } 种通过，{ $failing } 种不通过，{ $inconclusive } 种尚无定论。
caps_without_effect = 其中 { $count } 种的上限从未起作用。
gini_falls_stand = 通过的配置中，有 { $count } 种的基尼系数下降经 Holm 校正后仍显著。

## 大型实验的发现

means_overview = 按均值和已发表的标准，{ $configurations } 种配置中有 { $passing } 种通过；{ JOIN($failing, "，") }。
means_failing = { $count } 种不满足{ $criterion }
means_without_effect = 其中 { $count } 种的上限从未起作用，均不计为通过。
figure_revenue_pct = 收入变化
figure_streamer_gini = 主播基尼系数的变化
figure_overcrowded_share = 拥挤占比
effects_overview = { $configurations } 种配置中，{ $worth_it } 种值得采用，{ $not_worth_it } 种不值得，{ $no_effect } 种不改变任何结果，{ $undecided } 种尚无定论。
best_by_effects = { $by }：{ $who }，与{ $against }相比，使期望收入变化 { PLAIN($percent, 2, "+") } %，其基尼系数变化 { PLAIN($gini, 2, "+") }。
figure_cap_expected_revenue_pct = 上限对期望收入的影响
figure_cap_expected_streamer_gini = 上限对期望收入基尼系数的影响
figure_fairness_expected_revenue_pct = 权重对期望收入的影响
figure_fairness_expected_streamer_gini = 权重对期望收入基尼系数的影响
figure_total_expected_revenue_pct = 全部规则对期望收入的影响
figure_total_expected_streamer_gini = 全部规则对期望收入基尼系数的影响
figure_overview = 在各种配置之间，{ JOIN($parts, "；") }。
figure_constant = { $figure }都为 { $value }{ $rounded ->
        [true] （就所示位数而言）
       *[false] { "" }
    }
figure_range = { $figure }从 { $low }（{ $at_low }）到 { $high }（{ $at_high }）
figure_dependence = 受{ $setting }的影响最大：{ JOIN($ends, "，") }
figure_at_level = { $level } 时平均为 { $value }
k_never_binds_anywhere = k 在全部 { $configurations } 种配置中都从不起作用：想去同一位主播的鲸鱼最多只有 { $wanted } 位。
k_binds_somewhere = k 在 { $configurations } 种配置中的 { $count } 种起作用{ $in_rounds ->
        [true] ，最多的是 { $who }：在 { $rounds } 轮中的 { $binding_rounds } 轮
       *[false] { "" }
    }；最多有 { $wanted } 位鲸鱼想去同一位主播。
other_overload_anywhere = 若以 overload_rate（按主播计）代替 overcrowded_share（按互动计），{ $configurations } 种配置中有 { $count } 种的{ $criterion }结论会相反。

## 搜索的发现

search_compared_by = 按期望收入及其基尼系数比较，{ $capped ->
        [true] 每个上限与没有上限的同一规则比较{ $both ->
            [true] ，没有上限的策略与贪心比较
           *[false] { "" }
        }
       *[false] 每种策略与贪心比较
    }；收入变化低于 { PLAIN($percent, 2) } %、基尼系数变化低于 { PLAIN($gini, 2) } 的视为可忽略。
search_compared_by_weights = 按期望收入及其基尼系数比较，权重与权重相等的同一规则比较{ $capped ->
        [true] ，每个上限与没有上限的同一规则比较
       *[false] { "" }
    }{ $both ->
        [true] ，两者皆无的策略与贪心比较
       *[false] { "" }
    }；收入变化低于 { PLAIN($percent, 2) } %、基尼系数变化低于 { PLAIN($gini, 2) } 的视为可忽略。
search_without_expected_figures = 重放没有期望指标，无法比较。
search_figures = { $without_revenue ->
        [true] 没有期望收入可减少
       *[false] 期望收入 { PLAIN($revenue, 3, "+") } %
    }，其基尼系数 { PLAIN($gini, 2, "+") }，拥挤占比 { FORMAT($crowded, ".3g") } %
search_passing = { $simulations } 次模拟后，{ $configurations } 种配置中有 { $passing } 种值得采用。
search_cheapest = 成本最低的是 { $who }：{ $figures }。
search_none = { $simulations } 次模拟后，{ $configurations } 种配置中没有一种被证明值得采用。
search_nearest = 最接近的是 { $who }（{ $figures }）：{ JOIN($shortfalls, "；") }。
search_undecided = 有 { $count } 种尚无定论{ $needed ->
        [0] { "" }
       *[other] ；约需 { $needed } 次模拟才能判断
    }。
search_without_effect = { $configurations } 种配置中有 { $idle } 种的上限不改变任何结果，均不可能通过。
search_one_best = 在期望收入、其基尼系数和拥挤占比上，没有任何配置优于 { $who }{ $others ->
        [0] { "" }
       *[other] ，另有 { $others } 种与之相同
    }。
search_front = 在期望收入对其基尼系数和拥挤占比的帕累托前沿上有 { $count } 种配置（均与贪心比较）：从 { $first }（{ $first_figures }）到 { $last }（{ $last_figures }）。
lacks_concentration = 其基尼系数须下降 { PLAIN($threshold, 2) } 才有意义，而区间达到 { PLAIN($bound, 2, "+") }
lacks_gain = 期望收入须上升 { PLAIN($threshold, 2) } % 才有意义，而区间始于 { PLAIN($bound, 2, "+") } %
lacks_loss = 期望收入的降幅须小于 { PLAIN($threshold, 2) } %，而区间始于 { PLAIN($bound, 2, "+") } %
lacks_more_concentration = 其基尼系数变化 { PLAIN($threshold, 2) } 即有意义，而区间达到 { PLAIN($bound, 2, "+") }
lacks_significance = { $few ->
        [true] 模拟次数太少，无法检验
       *[false] 经 Holm 校正后，p 值为 { FORMAT($p, ".2g") }，大于 { FORMAT($level, "g") }
    }

## 早期结果的发现

verdict_of_one_simulation = { $who } 的结论为“{ $verdict }”：只有一次模拟，没有区间。
intervals_pass = 按 95 % 区间，{ $who } 满足全部三项标准：每个区间都在门槛的正确一侧。
intervals_fail = 按 95 % 区间，{ $who } 不通过：{ JOIN($reasons, "；") }。
intervals_inconclusive = 按 95 % 区间，{ $who } 尚无定论：{ JOIN($reasons, "；") }。
interval_of_overcrowding = { $criterion }{ $fails ->
        [true] 不满足
       *[false] 未定
    }，拥挤占比为 { FORMAT($low, ".3g") } 至 { FORMAT($high, ".3g") } %，上限 { FORMAT($threshold, "g") } %{ $few ->
        [true] ，模拟次数太少
       *[false] { "" }
    }
interval_of_concentration = { $criterion }{ $fails ->
        [true] 不满足
       *[false] 未定
    }，基尼系数变化 { FORMAT($low, "+.2g") } 至 { FORMAT($high, "+.2g") }，上限 { FORMAT($threshold, "g") }{ $few ->
        [true] ，模拟次数太少
       *[false] { "" }
    }
interval_of_revenue = { $criterion }{ $fails ->
        [true] 不满足
       *[false] 未定
    }，收入变化 { FORMAT($low, "+.3g") } 至 { FORMAT($high, "+.3g") } %，下限 { FORMAT($threshold, "g") } %{ $few ->
        [true] ，模拟次数太少
       *[false] { "" }
    }
other_overload = 若以 overload_rate（占主播的 { FORMAT($rate, ".3g") } %）代替 overcrowded_share（占互动的 { FORMAT($crowded, ".3g") } %），{ $who } 将{ $holds ->
        [true] 满足
       *[false] 不满足
    }{ $criterion }；按均值，{ $still ->
        [true] 仍
       *[false] 将
    }{ $passes ->
        [true] 满足全部标准
       *[false] 不满足全部标准
    }。
simulations_needed = { $who } 所需的模拟次数（双侧检验，显著性水平 { FORMAT($level, "g") } %，功效 { FORMAT($power, "g") } %；本次实验有 { $simulations } 次）：{ JOIN($needs, "；") }。
simulations_for_revenue = 要看出 { FORMAT($percent, "g") } % 的收入变化，需 { $count } 次
simulations_for_overcrowding = 要区分拥挤占比与 { FORMAT($percent, "g") } %，需 { $count } 次
simulations_for_observed = 要看出观察到的变化，{ JOIN($counts, "，") }
simulations_for_metric = { $metric }需 { $count } 次
test_of_one = 符号翻转检验（按种子配对）：{ $metric }变化的 p = { FORMAT($p, ".2g") }。
tests_of_metric = 符号翻转检验（按种子配对）：单独检验时，{ $tested } 种配置中有 { $alone } 种的{ $metric }与基线不同（p ≤ { FORMAT($level, "g") }）；对 { $tested } 次检验作 Holm 校正后为 { $corrected } 种；校正后的最小 p 值为 { FORMAT($least, ".2g") }。
revenue_of_one_simulation = { $who }：收入变化 { FORMAT($percent, "+.3g") } % 只来自一次模拟，没有区间。
revenue_unchanged = { $who }：收入变化 { FORMAT($percent, "+.3g") } %，所有种子下的收入都与基线相同。
revenue_change = { $who }：按种子配对，收入变化 { FORMAT($percent, "+.3g") } %，{ $noise ->
        [true] 未超出噪声
       *[false] 超出噪声
    }：其 95 % 区间（{ FORMAT($low, "+.3g") } 至 { FORMAT($high, "+.3g") } %）{ $noise ->
        [true] 包含 0
       *[false] 不包含 0
    }；{ $seeds } 个种子中有 { $differing } 个的收入与基线不同，而收入本身在种子之间的标准差为 { FORMAT($variation, ".3g") } %。
overcrowding_fails = { $who } 不满足{ $criterion }：拥挤占比为 { FORMAT($percent, ".3g") } %，比上限 { FORMAT($threshold, "g") } % 高 { FORMAT($points, ".3g") } 个百分点（基线为 { FORMAT($baseline, ".3g") } %）。
concentration_fails = { $who } 不满足{ $criterion }：主播基尼系数{ $unchanged ->
        [true] 仍为 { FORMAT($before, ".7f") }
       *[false] 上升 { FORMAT($change, ".2g") }，由 { FORMAT($before, ".7f") } 升至 { FORMAT($after, ".7f") }
    }。
revenue_fails = { $who } 不满足{ $criterion }：收入变化为 { FORMAT($percent, "+.3g") } %，比下限 { FORMAT($threshold, "g") } % 低 { FORMAT($points, ".3g") } 个百分点。
best_configuration = 先看满足的标准数、再看收入，最佳配置为 { $who }：{ $criteria } 项标准中满足 { $met } 项；{ JOIN($figures, "，") }。
best_figure = { $figure } { $value }{ $interval ->
        [true] （{ $low } 至 { $high }）
       *[false] { "" }
    }
figure_under_greedy = 贪心分配下为 { $constant ->
        [true] { $low }
       *[false] { $low } 至 { $high }
    }
search_none_by_intervals = 但按区间，没有一种通过。
search_cheapest_sure = 按区间也通过的配置中，代价最小的是 { $who }：{ $figures }。
shortfall_overcrowding = { $criterion }，拥挤占比超出 { FORMAT($by, ".3g") } 个百分点（上限的 { FORMAT($percent, ".2g") } %）
shortfall_revenue = { $criterion }，收入变化差 { FORMAT($by, ".3g") } 个百分点（下限的 { FORMAT($percent, ".2g") } %）
shortfall_concentration = { $criterion }，{ $unchanged ->
        [true] 因为主播基尼系数未变
       *[false] 主播基尼系数上升 { FORMAT($by, ".2g") }（原值的 { FORMAT($percent, ".2g") } %）
    }

## 自有矩阵的发现

matrix_k_never_binds = k = { $k } 从不起作用：想去同一位主播的鲸鱼最多只有 { $wanted } 位。
matrix_k_binds = k = { $k } 起作用：想去 { $streamers } 位主播的鲸鱼多于其所能容纳的，其中一位有 { $wanted } 位鲸鱼想去；{ $whales } 位鲸鱼中有 { $displaced } 位所得不及首选，平均每位少 { FORMAT($mean_cost, ".4g") }，合计少 { FORMAT($cost, ".6g") }。
matrix_price_of_whale_cap = k = { $k }：多一个鲸鱼名额在主播 { $streamer } 处最值，为 { FORMAT($price, ".4g") }。
matrix_price_of_capacity = k = { $k }：多一个位置在主播 { $streamer } 处最值，为 { FORMAT($price, ".4g") }。
matrix_change = 与无容量限制的贪心策略相比，{ $who } 使期望收入变化 { FORMAT($revenue, "+.4g") } %，期望收入的基尼系数变化 { FORMAT($gini, "+.2g") }{ $drawn ->
        [true] ；在 { $simulations } 次打赏模拟中，收入变化 { FORMAT($percent, "+.3g") } %，95 % 区间为 { FORMAT($low, "+.3g") } 至 { FORMAT($high, "+.3g") } %
       *[false] { "" }
    }。
matrix_overcrowding_fails = { $who } 不满足{ $criterion }：{ FORMAT($percent, ".3g") } % 的用户在拥挤的主播处，而上限为 { FORMAT($threshold, "g") } %。
matrix_concentration_fails = { $who } 不满足{ $criterion }：主播基尼系数为 { FORMAT($after, ".5f") }，此前为 { FORMAT($before, ".5f") }。
matrix_revenue_fails = { $who } 不满足{ $criterion }：收入变化 { FORMAT($percent, "+.3g") } %，而下限为 { FORMAT($threshold, "g") } %。
study_of_one_streamer_per_user = 每位用户应只展示给一位主播。

## 验证

verify_input = { $place }：{ $reason }
verify_part = 结果中应有 { $part }；收到 { $received }。
verify_foreign_run = { $place }：应为此配置的重放，存储的是 { $run }。
verify_repeated_run = { $place }：每次重放应只有一次，{ $run } 存储了两次。
verify_missing_run = runs：应有 { $run }，未存储。
verify_run = { $configuration }，种子 { $seed }
verify_mismatch = { $place }：应为 { $expected }，存储的是 { $stored }。
verify_absent = { $place }：应为 { $expected }，未存储。
verify_count = { $place }：应有 { $expected } 项，存储了 { $stored } 项。
verify_unpublished = { $place }：发表的是 { $expected }，存储的是 { $stored }。

## 图表

chart_no_k = 无 k
chart_k = { FORMAT($k, "d") }
chart_spend_cap = { $policy } { FORMAT($spend_cap, ",g") }
chart_dashed_greedy = 虚线：贪心。
chart_baseline = 基线
chart_baseline_level = 基线的 { $value }
chart_amount_share = { $is_range ->
        [true] { $low } 至 { $high } 个百分点
       *[false] { $low } 个百分点
    }
chart_amount_percent = { $is_range ->
        [true] { $low } 至 { $high } %
       *[false] { $low } %
    }
chart_amount_number = { $is_range ->
        [true] { $low } 至 { $high }
       *[false] { $low }
    }
chart_metric_overcrowded_share = { $first ->
        [true] 拥挤程度
       *[false] 拥挤程度
    }
chart_metric_streamer_gini = { $first ->
        [true] 主播基尼系数
       *[false] 主播基尼系数
    }
chart_metric_revenue_pct = { $first ->
        [true] 收入
       *[false] 收入
    }
chart_change_unknown = 无法判断{ $metric }的变化。
chart_change_once = { $metric_first }变化 { $amount }，只有一次模拟。
chart_change_none = { $only_k ->
        [true] 没有任何 k 改变{ $metric }：在每个 k 下都与基线相同。
       *[false] 没有任何配置改变{ $metric }：在每种配置下都与基线相同。
    }
chart_change_unsure = { $only_k ->
        [true] 没有任何 k{ " " }
       *[false] 没有任何配置
    }显著改变{ $metric }：{ $by_tests ->
        [true] 经 Holm 校正后，与{ $base }相比，变化均不显著。
       *[false] 所有区间都包含{ $base }。
    }
chart_change_everywhere = { $metric_first }{ $only_k ->
        [true] 在每个 k 下都
       *[false] 在每种配置下都
    }{ $falls ->
        [true] 下降
       *[false] 上升
    }，幅度为 { $amount }。
chart_change_somewhere = { $metric_first }{ JOIN($turns, "，") }{ $level ->
        [0] { "" }
       *[other] { $by_tests ->
            [true] ；{ $level } 种的变化与{ $base }相比不显著（Holm）
           *[false] ；有 { $level } 个区间包含{ $base }
        }
    }。
chart_turn = 在 { $total } 种配置中的 { $count } 种{ $falls ->
        [true] 下降
       *[false] 上升
    }（最多：{ $who }，{ $amount }）
axis_k = 鲸鱼上限 k（每位主播的鲸鱼数）
axis_overcrowded_share = 拥挤占比（按互动计），%
axis_gini_change = 主播基尼系数相对贪心的变化
axis_gini_change_from_0_to_1 = 主播基尼系数相对贪心的变化（0 至 1）
axis_revenue_change = 收入相对贪心的变化，%
axis_binding_rounds = k 起作用的轮次占比，%
axis_streamers_over_cap = 鲸鱼供过于求的主播数
axis_whales_together = 一轮中同一位主播处的鲸鱼数
axis_share_of_whales = 占已分配鲸鱼的比例，%
axis_raising_k = 提高鲸鱼上限 k
axis_price_replay = k 每加 1 的收入（每次重放，货币单位）
axis_price_simulation = k 每加 1 的收入（每次模拟，货币单位）
axis_rounds = 轮数
axis_streamer_gini = 贪心策略收入在主播间的基尼系数
axis_whale_share = 鲸鱼：最富有的用户占比，%
chart_overload_by_k = 各个 k 下的拥挤程度
chart_overload_below = 全部低于{ $criterion }的 { $limit } %{ $drawn ->
        [true] （点线）
       *[false] { "" }
    }：最高 { $most } %。
chart_overload_limit = { $all ->
        [true] 全部 { $above } 种都
       *[false] { $total } 种中有 { $above } 种
    }达到{ $criterion }的 { $limit } %{ $drawn ->
        [true] （点线）
       *[false] { "" }
    }。
chart_gini_by_k = 各个 k 下的集中程度
chart_revenue_by_k = 各个 k 下的收入
chart_revenue_limit = { $total } 种中{ $below ->
        [0] 没有一种的收入损失
       *[other] 有 { $below } 种的收入损失
    }超过{ $criterion }的 { $limit } %（点线）。
chart_effects = 每条规则逐步带来的变化：{ $who }
chart_effect_capacity = 遵守容量
chart_effect_priority = 鲸鱼优先
chart_effect_cap = 上限 k = { $k }
chart_effect_fairness = 公平权重，{ $weights }
chart_effect_total = 合计
chart_effect_interval = { $change }（{ $low } 至 { $high }）
axis_expected_revenue_change = 期望收入的变化，占贪心的 %
axis_expected_gini_change = 期望收入基尼系数的变化
chart_where_k_binds = k 在何处起作用
chart_whales_wanted = 最多有 { $wanted } 位鲸鱼想去同一位主播，{ $matrix ->
        [true] 鲸鱼{ $at_most ->
            [true] 至多
           *[false] 共
        } { $whales } 位
       *[false] 平均每轮{ $at_most ->
            [true] 至多
           *[false] { "" }
        }有 { $whales } 位鲸鱼
    }
chart_k_never_binds = 没有任何 k 起作用，因此什么也改变不了：{ $scarce }。
chart_k_binds = 上限在 { $who } 下起作用最多，{ $matrix ->
        [true] 涉及 { $amount } 位主播
       *[false] 占轮次的 { $amount }
    }{ $never ->
        [0] { "" }
       *[other] ；{ $total } 种配置中有 { $never } 种从不起作用
    }：{ $scarce }。
chart_heat_map = 各种算法和 k 下的收入
chart_algorithms_alike = 在相同的 k 下，所有算法的收入相同。
chart_heat_map_ends = 最高：{ $best }（{ $highest } %）；最低：{ $worst }（{ $lowest } %）。{ $compared ->
        [true] 在相同的 k 下，彼此最多相差 { $gap } 个百分点。
       *[false] { "" }
    }
chart_price_of_the_cap = 上限的价格
chart_step = k 由 { $step }
chart_cap_costs_nothing = 在所有模拟中，提高 k 都不改变收入：上限没有代价。
chart_price_once = 最大增益为 { $gain }（{ $who }），只有一次模拟。
chart_gain = { $matrix ->
        [true] 每次模拟
       *[false] 每次重放
    } { $gain }（95 % 区间 { $low } 至 { $high }）
chart_price_unsure = 没有任何一步提高 k 使收入显著变化：{ $corrected ->
        [true] 经 Holm 校正后，
       *[false] { "" }
    }p 值均大于 { FORMAT($level, "g") }。最大平均增益为{ $gain }（{ $who }）。
chart_price_sure = { $corrected ->
        [true] 经 Holm 校正后，
       *[false] { "" }
    }{ $total } 步中有 { $sure } 步显著增加收入，{ $losing } 步显著减少；最大增益在 { $who }，为{ $gain }。
chart_sensitivity = 对鲸鱼门槛的敏感性{ $several ->
        [true] （{ JOIN($fixed, "，") }）
       *[false] { "" }
    }
chart_moving_overcrowded_share = 拥挤程度
chart_moving_streamer_gini = 基尼系数变化
chart_moving_revenue_pct = 收入变化
chart_move = { $metric }{ $stays ->
        [true] 保持在 { $was }
       *[false] 从 { $was } 变为 { $now }
    }
chart_thresholds = 在 k = { $k } 下，鲸鱼由前 { FORMAT($low, "g") } % 放宽到前 { FORMAT($high, "g") } %：{ JOIN($moves, "，") }。虚线：贪心。
chart_luck_by_rounds = 集中度中的运气（按轮数）
chart_luck_realised = 实际收入
chart_luck_chance = 随机
chart_luck_expected = 期望收入
chart_tradeoff = 集中程度与收入的权衡
chart_mark = { $capped ->
        [true] { $several ->
            [true] { $series } k = { JOIN($ks, "、") }
           *[false] k = { JOIN($ks, "、") }
        }
       *[false] { $series }
    }
chart_marks = { JOIN($marks, "；") }
chart_gini_without_loss = { $total } 种中有 { $count } 种降低了基尼系数而未损失收入（最低：{ $who }，基尼系数变化 { $gini }，收入变化 { $revenue } %）。
chart_gini_at_a_cost = 基尼系数每次下降都以收入为代价：代价最小的是 { $who }，基尼系数变化 { $gini }，收入变化 { $revenue } %。
chart_gini_never_lower = 没有任何配置的基尼系数低于贪心。
chart_gini_beyond_noise = { $corrected ->
        [true] 经 Holm 校正后，
       *[false] { "" }
    }{ $total } 个基尼系数变化{ $count ->
        [0] 均未
       *[other] 中有 { $count } 个
    }超出噪声。
chart_greedy_on_front = 贪心{ $on_front ->
        [true] 在
       *[false] 不在
    }帕累托前沿（虚线）上。
chart_greedy_on_some_fronts = 在 { $panels } 下，贪心位于帕累托前沿（虚线）上。
chart_up_and_left = 越靠左上越好。
chart_whale_distribution = 哪些鲸鱼与其他鲸鱼同在一位主播处{ $several ->
        [true] （{ $series }）
       *[false] { "" }
    }
chart_no_sharing = 无论贪心还是任何 k 之下，都没有鲸鱼与其他鲸鱼同在一位主播处。
chart_sharing = { $several ->
        [true] 在 { $panel } 下，
       *[false] { "" }
    }与其他鲸鱼同在一位主播处的鲸鱼占比：贪心为 { $greedy } %，{ JOIN($shares, "，") }。
chart_sharing_under_k = k = { $k } 时为 { $percent } %

## 校准

calibration_too_few = 拟合至少需要 { $least } 次打赏；收到 { $received } 次。
calibration_interactions = 每位用户的互动次数（打赏次数 / gift_rate / 用户数）最多 { $most }；收到 { $received }。
calibration_without_gifts = 重放中应有打赏；按此打赏率，一次也没有。
gift_log_lengths = 每次打赏应各有一位用户、一位主播和一个金额。
gift_log_empty = 至少需要一次打赏。
gift_log_amount = 金额应大于 0 且不超过 { FORMAT($most, "g") }；第 { FORMAT($gift, "d") } 次打赏（从 0 数起）为 { FORMAT($received, "g") }。
gift_log_numbers = { $name } 应为数字；收到 { $received }。
gift_log_whole = { $name } 应为整数；收到 { FORMAT($received, "g") }。
gift_log_dimensions = { $name } 应为一维；收到 { $received } 维。

## 文档中的实验

studies_title = 重新运行的实验
studies_preface = 本页由 `make studies` 根据 `configs/` 中的文件写成。每张表把答案所指的策略逐步拆开：每一行是相对上一行的一项规则变化，最后一行是全部变化相对于无容量限制的贪心策略。期望收入的变化以贪心策略的百分比表示。括号内为各次模拟的 95 % 区间；† 表示经 Holm 校正后与偶然无法区分。
studies_answer = { $answer }（{ $simulations } 次模拟。）
studies_expected_revenue_pct = 期望收入，%
studies_expected_streamer_gini = 期望收入的基尼系数
studies_streamer_gini = 实现收入的基尼系数
studies_capacity = 遵守容量
studies_priority = 鲸鱼优先
studies_cap = 上限：{ $who }
studies_fairness = 公平权重：{ $who }
studies_total = 合计：{ $who }
studies_in_setting = { $setting }：{ $title }
studies_frontier = 公平的代价：按公平的权重，权重相对于权重相等的同一规则带来的变化；剩下的期望收入基尼系数；以及全部规则相对于贪心策略使期望收入产生的变化。
studies_frontier_capacity = 容量 ×
studies_frontier_weights = 权重
studies_frontier_revenue = 权重：期望收入，%
studies_frontier_change = 权重：期望收入的基尼系数
studies_frontier_gini = 期望收入的基尼系数
studies_frontier_total = 合计：期望收入，%
studies_luck = 各轮数下的偶然因素：贪心策略收入的基尼系数（实现的、相同礼物随机落下时的、期望收入的）；{ $who } 以全部规则相对于贪心策略对它的改变；以及实现收入的基尼系数以 80 % 的检验功效显示这一改变所需的模拟次数（–：多少次都不能）。
studies_luck_rounds = 轮数
studies_luck_realised = 实现
studies_luck_chance = 随机
studies_luck_expected = 期望
studies_luck_realised_effect = 实现值的变化
studies_luck_expected_effect = 期望值的变化
studies_luck_simulations_needed = 所需模拟次数
