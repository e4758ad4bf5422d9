### solver 的消息。

## 任意字段的取值

expected_at_least = 应为 { $field } ≥ { $least }；收到 { $received }。
whole_number_expected = { $field } 应为不小于 { $least } 的整数，实为 { $received }。
boolean_expected = { $field } 应为 True 或 False，实为 { $received }。
option_unknown = { $field } 应为 { LIST($known, "or") }，实为 { $received }。
share_out_of_range =
    { $field } 应大于 0 且不超过 1{ $is_percent ->
        [true] （50 % 请写作 0.5）
       *[false] {""}
    }，实为 { $received }。

## 数组

in_numbers = 数字
in_whole_numbers = 整数
in_booleans = 布尔值
as_matrix = 数字矩阵（用户 × 主播）
array_ragged = { $field } 应为{ $expected }，且各行等长。
array_sparse = { $field } 应为{ $expected }，实为稀疏矩阵；请用 Candidates 列出其中的配对。
array_type = { $field } 应为{ $expected }，实为 { $received }。
array_masked = { $field } 应为{ $expected }，其值被屏蔽。
array_entry_masked = { $field } 应为{ $expected }，{ $place }的值被屏蔽。
array_entry = { $field } 应为{ $expected }，{ $place }的值为 { $received }。
array_place =
    { $axis ->
        [user] 第 { FORMAT($at, "d") } 位用户
        [streamer] 第 { FORMAT($at, "d") } 位主播
        [whale] 第 { FORMAT($at, "d") } 位鲸鱼
        [candidate] 第 { FORMAT($at, "d") } 个配对
        [gift] 第 { FORMAT($at, "d") } 笔打赏
       *[position] 位置 { FORMAT($at, "d") }{" "}
    }

## 问题

problem_expected = 应传入 Problem，例如 Problem(ev, whale_cap=k)，实为 { $type }。
problem_empty = 至少需要一位用户和一位主播，实为 { FORMAT($users, "d") } 位用户 × { FORMAT($streamers, "d") } 位主播。
two_dimensions_expected = ev 应为二维（用户 × 主播），实为 { $received } 维。
ev_out_of_range = 每个 EV 应在 -1e15 与 1e15 之间，禁止的配对用 -inf；第 { FORMAT($user, "d") } 位用户与第 { FORMAT($streamer, "d") } 位主播（从 0 数起）的是 { $received }。
whale_mask_expected = whales 应为 { FORMAT($users, "d") } 个布尔值，每位用户一个；实为形状 { $shape } 的 { $type }。
one_or_each_expected = { $field } 应为一个数，或每位主播各一个（共 { FORMAT($streamers, "d") } 个），实有形状 { $shape }。
cap_out_of_range =
    { $field } 应 { $bound ->
        [least] ≥ 0
       *[most] ≤ 2^53
    }，实为 { $received }。
streamer_cap_out_of_range =
    每位主播的 { $field } 应 { $bound ->
        [least] ≥ 0
       *[most] ≤ 2^53
    }，第 { FORMAT($streamer, "d") } 位主播（从 0 数起）的是 { $received }。
penalty_list_expected =
    whale_penalty 应为罚值列表，依次对应同一主播处的每位鲸鱼；实为 { $dimensions } 维的 { $type }，共 { FORMAT($values, "d") } 个值。
penalty_out_of_range = whale_penalty 的每个罚值应在 0 与 1e15 之间，第 { FORMAT($whale, "d") } 位鲸鱼的是 { $received }。
penalty_not_convex = whale_penalty 应为凸的，即每位鲸鱼的罚值不低于前一位；第 { FORMAT($whale, "d") } 位为 { FORMAT($price, "g") }，前一位为 { FORMAT($before, "g") }。罚值下降时，网络流无法求得最优解。
wealth_of_each_expected =
    { $users ->
        [0] 每位用户应各有一个财富值
       *[other] { FORMAT($users, "d") } 位用户应各有一个财富值
    }，实为 { $shape ->
        [scalar] 一个数
       *[other] { $shape } 个
    }。
wealth_not_a_number = 财富应为有限的数，第 { FORMAT($user, "d") } 位用户（从 0 数起）的是 { $received }。

## 配对

candidate_lengths_differ = user、streamer 与 ev 应等长，实有 { FORMAT($users, "d") }、{ FORMAT($streamers, "d") } 与 { FORMAT($values, "d") } 个值。
candidate_positions_expected = candidates.{ $side } 应为整数列表，实为 { $dimensions } 维的 { $type }。
candidate_position_out_of_range = { $side } 的序号应为 0 至 { FORMAT($last, "d") }，第 { FORMAT($candidate, "d") } 个配对（从 0 数起）的是 { FORMAT($received, "d") }。
candidate_ev_out_of_range =
    每个 EV 应在 -1e15 与 1e15 之间；第 { FORMAT($candidate, "d") } 个配对（从 0 数起）的是 { $received }{ $is_forbidden ->
        [true] （禁止的配对无需列出）
       *[false] {""}
    }。
candidate_twice = 每个配对只能出现一次；第 { FORMAT($user, "d") } 位用户与第 { FORMAT($streamer, "d") } 位主播既是第 { FORMAT($first, "d") } 个配对，又是第 { FORMAT($second, "d") } 个（均从 0 数起）。

## 选项

tolerance_expected = tolerance 应为 0 至 1，实为 { $received }。
joint_fill_unavailable = fill 为 joint 时，algorithm 应为 min-cost-flow，实为 { $algorithm }。
limits_unavailable = 使用 min_users、whale_penalty 或 max_streamers_per_user 时，algorithm 应为 min-cost-flow，实为 { $algorithm }。

## 保底

guarantees_infeasible =
    保底无法满足：主播 { $streamers }{ $more ->
        [true] {" "}等 { $count } 位
       *[false] {" "}
    }{ $count ->
        [1] 保底
       *[other] 合计保底
    } { FORMAT($needed, ",d") } 位用户，{ $left_negative ->
        [true] 但 EV 不低于 0 的配对
       *[false] 但
    }最多只能满足 { FORMAT($possible, ",d") } 位{ $remedy ->
        [fill] ；设 fill="joint" 可满足全部保底
        [allow_negative_ev] ；设 allow_negative_ev=True 可满足全部保底
        [both] ；同时设 fill="joint" 与 allow_negative_ev=True 可满足全部保底
       *[none] {""}
    }。

## 分配中的错误

assignment_shape = 分配应为 { FORMAT($users, "d") } 位用户各给出 { FORMAT($numbers, "d") } 个整数。
streamer_unknown = 用户 { FORMAT($user, "d") } 被分配给主播 { FORMAT($streamer, "d") }，但该主播不存在。
pair_forbidden = 用户 { FORMAT($user, "d") } 被分配给主播 { FORMAT($streamer, "d") }，但该配对被禁止。
streamer_twice = 用户 { FORMAT($user, "d") } 被两次分配给主播 { FORMAT($streamer, "d") }。
streamer_overloaded =
    主播 { FORMAT($streamer, "d") } 有 { FORMAT($load, "d") } 位{ $counted ->
        [whales] 鲸鱼
       *[users] 用户
    }，超过上限 { FORMAT($cap, "d") }。
guarantee_unmet = 主播 { FORMAT($streamer, "d") } 有 { FORMAT($users, "d") } 位用户，少于保底的 { FORMAT($least, "d") } 位。
whale_at_no_candidate = 有鲸鱼被分配给其候选之外的主播。
spend_pair_forbidden = 鲸鱼 { FORMAT($whale, "d") } 被分配给主播 { FORMAT($streamer, "d") }，但该配对不可用：被禁止、EV 为负、超过消费上限，或主播已关闭。
spend_cap_exceeded = 主播 { FORMAT($streamer, "d") } 的消费为 { $spend }，超过其上限。

## 价格中的错误

prices_of_each_expected =
    { $limit ->
        [whale_cap] 鲸鱼上限
        [capacity] 容量
        [min_users] 保底
        [whale_penalty] 罚值
        [spend] 消费
       *[slot] 名额
    }的价格应为 { FORMAT($streamers, "d") } 位主播各一个。
prices_not_numbers =
    { $limit ->
        [whale_cap] 鲸鱼上限
        [capacity] 容量
        [min_users] 保底
       *[whale_penalty] 罚值
    }的价格应为数字，{ $type ->
        [masked] 其中有被屏蔽的值
       *[other] 实为 { $type }
    }。
price_invalid =
    主播 { FORMAT($streamer, "d") } 的{ $limit ->
        [whale_cap] 鲸鱼上限
        [capacity] 容量
        [min_users] 保底
        [whale_penalty] 罚值
        [spend] 消费
       *[slot] 名额
    }价格为 { $received }，不是有效的价格。

## 对象摘要

summary_row = { $label }：{ $value }
summary_label =
    { $name ->
        [users] 用户
        [whales] 鲸鱼
        [streamers] 主播
        [pairs] 配对
        [ev] EV
        [whale_cap] 鲸鱼上限
        [capacity] 容量
        [min_users] 保底用户数
        [whale_penalty] 鲸鱼罚值
        [max_streamers_per_user] 每位用户的主播数
        [spend_cap] 消费上限
        [placed] 已分配
        [objective] 目标值
        [whale_objective] 其中鲸鱼
        [normal_objective] 其中普通用户
        [penalty] 罚值
        [claim] 证明范围
        [certified_objective] 目标值
        [upper_bound] 上界
        [proof] 证明
        [sufficient_cap] 达到最大目标值的最小上限
        [slot_gain] 增加一个名额
        [whale_cap_price] 鲸鱼名额的价格
        [capacity_price] 名额的价格
        [min_users_price] 保底的价格
        [whale_penalty_price] 罚值带来的价格
        [spend_price] 消费的价格
        [optimum] 最大目标值
        [loss] 放弃
        [gini] 基尼系数
        [gini_at_least] 同样总额下任何分配都不低于
        [total_at_most] 同样均等下任何分配的总额都不高于
        [welfare] 福利
        [frontier_point] 点
       *[slot_price] 名额的价格
    }
summary_users = { FORMAT($users, ",d") }，其中鲸鱼 { FORMAT($whales, ",d") } 位
summary_placed = { FORMAT($users, ",d") } 位中的 { FORMAT($placed, ",d") } 位
summary_scope =
    { $scope ->
        [joint] 全部用户
       *[whale] 鲸鱼
    }
summary_optimal = 最优
summary_gap = 与最优值最多相差 { $gap }（{ $percent } %）
summary_invalid =
    无效。{ $fault }{ $more ->
        [0] {""}
       *[other] （另有 { $more } 项）
    }
summary_slot_gain = 最多增加 { $gain }（主播 { FORMAT($streamer, "d") }）
summary_prices = { FORMAT($streamers, ",d") } 位主播中有 { FORMAT($above, ",d") } 位大于 0，最高为 { $largest }

## 公平分配

summary_frontier_point = θ = { $theta }：放弃 { $loss } %，基尼系数 { $gini }（任何分配都不低于 { $floor }）
number_between_expected =
    { $field } 应{ $above ->
        [true] 大于 { $least } 且不超过 { $most }
       *[false] 在 { $least } 与 { $most } 之间
    }，实为 { $received }。
one_of_theta_alpha_expected = 应给出 theta 或 alpha 之一。
one_of_each_expected = { $field } 应为每位主播一个数（共 { FORMAT($streamers, "d") } 个），实际形状为 { $shape }。
base_invalid = 已有收入应为 0 到 1e15 之间的数；主播 { FORMAT($streamer, "d") } 为 { $received }。
weights_of_each_expected = 应为 { FORMAT($streamers, "d") } 位主播各给一个权重。
weights_not_numbers = 权重应为数值，实为 { $type }。
weight_invalid = 权重应为不小于 0 的有限数；主播 { FORMAT($streamer, "d") } 为 { $received }。
fairness_negative_ev = 公平分配要求收入不小于 0，allow_negative_ev 必须为 false。
fairness_one_aim = max_loss、theta、max_gini 与 alpha 只能给出一个，实际给出了 { LIST($given, "standard") }。
fairness_aim_of_other_measure = { $aim } 属于 "gini" 度量；使用 "alpha" 度量时请给出 alpha 或 max_loss。
gini_out_of_reach =
    { $impossible ->
        [true] 放弃不超过 { $loss } % 的任何分配，基尼系数都不低于 { $floor }，而要求的是 { $asked }。
       *[false] 没有找到基尼系数不超过 { $asked } 的分配。
    }找到的最小值为 { $found }，此时放弃 { $given_up } %。
large_users_unavailable = 使用 large 时须给出 theta，每位用户只有一位主播，且没有罚值。
